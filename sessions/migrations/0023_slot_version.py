from django.db import migrations, models
from django.db.models import F


def begin_with_the_slot_s_version(apps, schema_editor):
    apps.get_model("treatment_sessions", "TreatmentSession").objects.exclude(schedule_version=1).update(slot_version=F("schedule_version"))


class Migration(migrations.Migration):
    dependencies = [("treatment_sessions", "0022_answers_and_wishes_by_link")]

    operations = [
        migrations.AddField(
            model_name="treatmentsession",
            name="slot_version",
            field=models.PositiveIntegerField(default=1, help_text="The version that brought the present time: patients' links name it."),
        ),
        migrations.RunPython(begin_with_the_slot_s_version, migrations.RunPython.noop),
        migrations.RenameField(model_name="movewish", old_name="schedule_version", new_name="slot_version"),
    ]
