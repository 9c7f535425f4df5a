"""What is kept. One concept a file; everything except organisations and staff belongs to one organisation."""

from survey.models.activity import Activity, ActivityKind, Provider
from survey.models.audit import AuditEvent, AuditHead
from survey.models.base import Model
from survey.models.cohort import Cohort, CohortMember
from survey.models.deadline import Deadline, DeadlineExtension
from survey.models.household import Household, HouseholdMember
from survey.models.intake import Intake, IntakeSection
from survey.models.mirror import PictureLock, TalkWish
from survey.models.note import Label, Note, NoteLabel
from survey.models.observation import Observation
from survey.models.organisation import CodeAttempts, Membership, Organisation, Staff
from survey.models.participant import AccessCode, Enrolment, Identity, Participant, PersonKey
from survey.models.plan import DomainLink, Goal, GoalStep, PlanVersion
from survey.models.programme import LanguageOverride, Programme, Wave
from survey.models.recording import Recording
from survey.models.release import Release
from survey.models.response import Consent, OpenAnswer, Page, Response, Visit
from survey.models.rights import ErasureRequest, RetentionMark, RetentionRule
from survey.models.staff import SignInAttempts, StaffInvitation, StaffSession
from survey.models.story import Story
from survey.models.target import Figure, IntendedResult, Target
from survey.models.wording import LanguageReview, ProgrammeWording, StringReview, Wording

__all__ = [
    "AccessCode", "Activity", "ActivityKind", "AuditEvent", "AuditHead", "CodeAttempts", "Cohort",
    "CohortMember", "Consent", "Deadline", "DeadlineExtension", "DomainLink", "Enrolment", "ErasureRequest",
    "Figure", "Goal", "GoalStep", "Household", "HouseholdMember", "Identity", "Intake", "IntakeSection",
    "IntendedResult", "Label", "LanguageOverride", "LanguageReview", "Membership", "Model", "Note",
    "NoteLabel", "Observation", "OpenAnswer", "Organisation", "Page", "Participant", "PersonKey",
    "PictureLock", "PlanVersion", "Programme", "ProgrammeWording", "Provider", "Recording", "Release",
    "Response", "RetentionMark", "RetentionRule", "SignInAttempts", "Staff", "StaffInvitation",
    "StaffSession", "Story", "StringReview", "TalkWish", "Target", "Visit", "Wave", "Wording",
]  # fmt: skip
