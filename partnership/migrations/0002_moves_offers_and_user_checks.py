import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partnership', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='staffmember',
            name='moved_from',
            field=models.OneToOneField(blank=True, help_text='The line of the same person at the agency from which they moved.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='moved_to', to='partnership.staffmember'),
        ),
        migrations.AddField(
            model_name='user',
            name='signed_out_at',
            field=models.DateTimeField(blank=True, help_text='What was signed in before is signed out everywhere.', null=True),
        ),
        migrations.CreateModel(
            name='AgencyOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offered_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('accepted', models.BooleanField(blank=True, null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='partnership.agency')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers_made', to='partnership.partnership')),
                ('offered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers_received', to='partnership.partnership')),
            ],
            options={
                'ordering': ['-offered_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('agency', 'taker'), name='agencyoffer_open_once', violation_error_message='That agency is already offered to that partnership.'), models.CheckConstraint(condition=models.Q(('giver', models.F('taker')), _negated=True), name='agencyoffer_to_another'), models.CheckConstraint(condition=models.Q(models.Q(('accepted__isnull', True), ('answered_at__isnull', True)), models.Q(('accepted__isnull', False), ('answered_at__isnull', False)), _connector='OR'), name='agencyoffer_answered_whole'), models.CheckConstraint(condition=models.Q(('answered_at__isnull', False), ('answered_by__isnull', True), _connector='OR'), name='agencyoffer_answered_pair')],
            },
        ),
        migrations.CreateModel(
            name='UserCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('confirmed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('users', models.PositiveIntegerField(help_text='How many remained.')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='user_checks', to='partnership.agency')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-confirmed_at', '-pk'],
                'indexes': [models.Index(fields=['agency', '-confirmed_at'], name='partnership_agency__b35d2c_idx')],
            },
        ),
    ]
