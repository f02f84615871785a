from tests import filled as world

filled = world.filled
