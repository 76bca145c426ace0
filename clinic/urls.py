"""Addresses of the clinic room. Pages with a fixed first word stand before those that begin with a site's slug."""

from django.urls import path

from clinic.views import audit, duty, equipment, files, furniture, home, join, policies, presence, screens, site, staff

urlpatterns = [
    path("", home.home, name="home"),
    path("join/<str:token>/", join.accept_invitation, name="accept_invitation"),
    path("<slug:site>/staff/", staff.staff, name="staff"),
    path("<slug:site>/staff/invite/", staff.invite, name="invite"),
    path("<slug:site>/staff/invitations/<int:pk>/withdraw/", staff.withdraw_invitation, name="withdraw_invitation"),
    path("<slug:site>/staff/<int:pk>/", staff.staff_member, name="staff_member"),
    path("<slug:site>/staff/<int:pk>/place/", staff.change_member, name="change_member"),
    path("<slug:site>/staff/<int:pk>/training/", staff.record_training, name="record_training"),
    path("<slug:site>/staff/<int:pk>/end/", staff.end_membership, name="end_membership"),
    path("<slug:site>/duty/", duty.duty, name="duty"),
    path("<slug:site>/duty/come/", duty.duty_come, name="duty_come"),
    path("<slug:site>/duty/leave/", duty.duty_leave, name="duty_leave"),
    path("<slug:site>/duty/stay/", duty.duty_stay, name="duty_stay"),
    path("<slug:site>/duty/record/", presence.duty_record, name="duty_record"),
    path("<slug:site>/duty/<int:pk>/confirm/", presence.duty_confirm, name="duty_confirm"),
    path("<slug:site>/duty/hand-over/", presence.duty_hand_over, name="duty_hand_over"),
    path("<slug:site>/duty/correct/", presence.duty_correct, name="duty_correct"),
    path("<slug:site>/settings/", site.site_settings, name="site_settings"),
    path("<slug:site>/settings/details/", site.site_details, name="site_details"),
    path("<slug:site>/settings/certification/", site.certification, name="certification"),
    path("<slug:site>/settings/representative/", site.representative, name="representative"),
    path("<slug:site>/settings/chairs/", furniture.chairs, name="chairs"),
    path("<slug:site>/settings/chairs/<int:pk>/", furniture.chair, name="chair"),
    path("<slug:site>/settings/hours/", furniture.opening_hours, name="opening_hours"),
    path("<slug:site>/settings/closures/", furniture.closures, name="closures"),
    path("<slug:site>/settings/closures/<int:pk>/remove/", furniture.remove_closure, name="remove_closure"),
    path("<slug:site>/settings/equipment/", equipment.equipment, name="equipment"),
    path("<slug:site>/settings/equipment/<int:pk>/", equipment.equipment_item, name="equipment_item"),
    path("<slug:site>/settings/equipment/<int:pk>/check/", equipment.equipment_check, name="equipment_check"),
    path("<slug:site>/settings/screens/", screens.screens, name="screens"),
    path("<slug:site>/settings/screens/<int:pk>/revoke/", screens.revoke_screen, name="revoke_screen"),
    path("<slug:site>/settings/policies/", policies.policies, name="policies"),
    path("<slug:site>/settings/policies/new/", policies.new_policy, name="new_policy"),
    path("<slug:site>/settings/policies/<int:pk>/withdraw/", policies.withdraw_policy, name="withdraw_policy"),
    path("<slug:site>/files/<uuid:uid>/", files.file, name="file"),
    path("<slug:site>/audit/", audit.audit, name="audit"),
]
