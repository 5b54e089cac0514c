"""first schema"""

import sqlalchemy as sa
from alembic import op

import broadcaster.database

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('asked_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('run_after', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('claimed_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_job_state'), ['state'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=255), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('created_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_person_fs_uniquifier'))
    )
    op.create_table('place',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.Enum('province', 'district', 'kumban', 'village', name='placekind', native_enum=False, length=10), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('name_lo', sa.String(length=120), nullable=True),
    sa.Column('aliases', sa.JSON(), nullable=False),
    sa.Column('parent_code', sa.String(length=40), nullable=True),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('households', sa.Integer(), nullable=True),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('merged_into_code', sa.String(length=40), nullable=True),
    sa.Column('illustrative', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['merged_into_code'], ['place.code'], name=op.f('fk_place_merged_into_code_place')),
    sa.ForeignKeyConstraint(['parent_code'], ['place.code'], name=op.f('fk_place_parent_code_place')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_place'))
    )
    with op.batch_alter_table('place', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_place_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_place_name'), ['name'], unique=False)
        batch_op.create_index(batch_op.f('ix_place_parent_code'), ['parent_code'], unique=False)

    op.create_table('published_keyring',
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('envelope', sa.LargeBinary(), nullable=False),
    sa.Column('issued_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_published_keyring'))
    )
    op.create_table('role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('name', name=op.f('uq_role_name'))
    )
    op.create_table('announcement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.Enum('assembly_result', 'law_orientation', 'sekong_today', 'health', 'emergency', 'school', 'market', 'weather', 'other', name='announcementkind', native_enum=False, length=40), nullable=False),
    sa.Column('legislature', sa.Integer(), nullable=True),
    sa.Column('session_number', sa.Integer(), nullable=True),
    sa.Column('valid_from', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('valid_until', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_announcement_created_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement'))
    )
    with op.batch_alter_table('announcement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_announcement_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_announcement_title'), ['title'], unique=False)

    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_audit_entry_actor_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_action'), ['action'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_subject'), ['subject'], unique=False)

    op.create_table('campaign',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('places', sa.JSON(), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('until_day', sa.Date(), nullable=False),
    sa.Column('channels', sa.JSON(), nullable=False),
    sa.Column('goal', sa.Enum('ordered', 'delivered', 'played', 'relay_commanded', 'relay_confirmed', 'heard', name='evidencegrade', native_enum=False, length=40), nullable=False),
    sa.Column('created_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_campaign_created_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign'))
    )
    op.create_table('jingle',
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('original_name', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size_bytes', sa.BigInteger(), nullable=True),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.Column('media_type', sa.String(length=80), nullable=True),
    sa.Column('loudness_lufs', sa.Double(), nullable=True),
    sa.Column('true_peak_dbtp', sa.Double(), nullable=True),
    sa.Column('gain_db', sa.Double(), nullable=True),
    sa.Column('verdict', sa.String(length=40), nullable=True),
    sa.Column('verdict_figures', sa.JSON(), nullable=False),
    sa.Column('peaks', sa.JSON(), nullable=False),
    sa.Column('upload', sa.String(length=80), nullable=True),
    sa.Column('ingest', sa.Enum('waiting', 'working', 'done', 'failed', name='ingeststate', native_enum=False, length=40), nullable=False),
    sa.Column('step', sa.String(length=20), nullable=True),
    sa.Column('progress', sa.Double(), nullable=False),
    sa.Column('error_code', sa.String(length=40), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('error_figures', sa.JSON(), nullable=False),
    sa.Column('created_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('approved_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('approved_sha256', sa.String(length=64), nullable=True),
    sa.Column('withdrawn_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['approved_by_id'], ['person.id'], name=op.f('fk_jingle_approved_by_id_person')),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_jingle_created_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jingle'))
    )
    with op.batch_alter_table('jingle', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_jingle_approved_sha256'), ['approved_sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_jingle_sha256'), ['sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_jingle_state'), ['state'], unique=False)

    op.create_table('person_role',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_role_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_person_role_role_id_role')),
    sa.PrimaryKeyConstraint('person_id', 'role_id', name=op.f('pk_person_role'))
    )
    op.create_table('programme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('created_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_programme_created_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme'))
    )
    op.create_table('station',
    sa.Column('id', sa.String(length=63), nullable=False),
    sa.Column('village_code', sa.String(length=40), nullable=False),
    sa.Column('zones', sa.JSON(), nullable=False),
    sa.Column('limits', sa.JSON(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'active', 'retired', name='stationstate', native_enum=False, length=40), nullable=False),
    sa.Column('created_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('public_key', sa.String(length=64), nullable=True),
    sa.Column('journal', sa.Integer(), nullable=False),
    sa.Column('enrolled_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('retired_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('software', sa.String(length=40), nullable=False),
    sa.Column('last_seen_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('health', sa.JSON(), nullable=True),
    sa.Column('health_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('published_serial', sa.Integer(), nullable=False),
    sa.Column('confirmed_serial', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['village_code'], ['place.code'], name=op.f('fk_station_village_code_place')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_station'))
    )
    with op.batch_alter_table('station', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_station_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_station_village_code'), ['village_code'], unique=False)

    op.create_table('airing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.String(length=63), nullable=False),
    sa.Column('journal', sa.Integer(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('item', sa.String(length=200), nullable=False),
    sa.Column('broadcast', sa.String(length=200), nullable=False),
    sa.Column('plan_serial', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('message_class', sa.String(length=20), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('language', sa.String(length=40), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('zones', sa.JSON(), nullable=False),
    sa.Column('planned_start', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('planned_ms', sa.Integer(), nullable=False),
    sa.Column('started_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('aired_ms', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('evidence', sa.String(length=20), nullable=False),
    sa.Column('relay', sa.JSON(), nullable=False),
    sa.Column('received_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_airing_station_id_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_airing')),
    sa.UniqueConstraint('station_id', 'journal', 'number', name='uq_airing_number')
    )
    with op.batch_alter_table('airing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_airing_outcome'), ['outcome'], unique=False)
        batch_op.create_index(batch_op.f('ix_airing_planned_start'), ['planned_start'], unique=False)
        batch_op.create_index('ix_airing_sha256_planned_start', ['sha256', 'planned_start'], unique=False)
        batch_op.create_index('ix_airing_station_id_item', ['station_id', 'item'], unique=False)

    op.create_table('campaign_announcement',
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('announcement_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_campaign_announcement_announcement_id_announcement')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_announcement_campaign_id_campaign'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'announcement_id', name=op.f('pk_campaign_announcement'))
    )
    op.create_table('enrolment_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.String(length=63), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_enrolment_code_station_id_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment_code')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_enrolment_code_code_hash'))
    )
    with op.batch_alter_table('enrolment_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enrolment_code_station_id'), ['station_id'], unique=False)

    op.create_table('incident',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.String(length=63), nullable=False),
    sa.Column('journal', sa.Integer(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=True),
    sa.Column('at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('code', sa.String(length=61), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('received_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_incident_station_id_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident')),
    sa.UniqueConstraint('station_id', 'journal', 'number', name='uq_incident_number')
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_incident_station_id'), ['station_id'], unique=False)

    op.create_table('journal_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.String(length=63), nullable=False),
    sa.Column('journal', sa.Integer(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_journal_entry_station_id_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_entry')),
    sa.UniqueConstraint('station_id', 'journal', 'number', name='uq_journal_entry_number')
    )
    op.create_table('journal_mark',
    sa.Column('station_id', sa.String(length=63), nullable=False),
    sa.Column('journal', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('base', sa.BigInteger(), nullable=False),
    sa.Column('acknowledged', sa.BigInteger(), nullable=False),
    sa.Column('newest_report', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_journal_mark_station_id_station')),
    sa.PrimaryKeyConstraint('station_id', 'journal', name=op.f('pk_journal_mark'))
    )
    op.create_table('plan_audio',
    sa.Column('station_id', sa.String(length=63), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('last_serial', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_plan_audio_station_id_station')),
    sa.PrimaryKeyConstraint('station_id', 'sha256', name=op.f('pk_plan_audio'))
    )
    op.create_table('planned_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.String(length=63), nullable=False),
    sa.Column('item', sa.String(length=200), nullable=False),
    sa.Column('broadcast', sa.String(length=200), nullable=False),
    sa.Column('broadcast_start', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('plan_serial', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('message_class', sa.String(length=20), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('language', sa.String(length=40), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('planned_start', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('planned_ms', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_planned_item_station_id_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_planned_item')),
    sa.UniqueConstraint('station_id', 'item', name='uq_planned_item_station_item')
    )
    with op.batch_alter_table('planned_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_planned_item_planned_start'), ['planned_start'], unique=False)
        batch_op.create_index(batch_op.f('ix_planned_item_station_id'), ['station_id'], unique=False)

    op.create_table('programme_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('jingle', 'announcement', 'pause', name='programmeitemkind', native_enum=False, length=40), nullable=False),
    sa.Column('announcement_id', sa.Integer(), nullable=True),
    sa.Column('jingle_id', sa.Integer(), nullable=True),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_programme_item_announcement_id_announcement')),
    sa.ForeignKeyConstraint(['jingle_id'], ['jingle.id'], name=op.f('fk_programme_item_jingle_id_jingle')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_item_programme_id_programme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_item'))
    )
    with op.batch_alter_table('programme_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_programme_item_announcement_id'), ['announcement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_programme_item_jingle_id'), ['jingle_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_programme_item_programme_id'), ['programme_id'], unique=False)

    op.create_table('published_plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.String(length=63), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('issued_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('fresh_until', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('broadcasts', sa.Integer(), nullable=False),
    sa.Column('gaps', sa.JSON(), nullable=False),
    sa.Column('envelope', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_published_plan_station_id_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_published_plan')),
    sa.UniqueConstraint('station_id', 'serial', name='uq_published_plan_station_serial')
    )
    with op.batch_alter_table('published_plan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_published_plan_station_id'), ['station_id'], unique=False)

    op.create_table('recording',
    sa.Column('announcement_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('transcript', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('original_name', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size_bytes', sa.BigInteger(), nullable=True),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.Column('media_type', sa.String(length=80), nullable=True),
    sa.Column('loudness_lufs', sa.Double(), nullable=True),
    sa.Column('true_peak_dbtp', sa.Double(), nullable=True),
    sa.Column('gain_db', sa.Double(), nullable=True),
    sa.Column('verdict', sa.String(length=40), nullable=True),
    sa.Column('verdict_figures', sa.JSON(), nullable=False),
    sa.Column('peaks', sa.JSON(), nullable=False),
    sa.Column('upload', sa.String(length=80), nullable=True),
    sa.Column('ingest', sa.Enum('waiting', 'working', 'done', 'failed', name='ingeststate', native_enum=False, length=40), nullable=False),
    sa.Column('step', sa.String(length=20), nullable=True),
    sa.Column('progress', sa.Double(), nullable=False),
    sa.Column('error_code', sa.String(length=40), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('error_figures', sa.JSON(), nullable=False),
    sa.Column('created_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('approved_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('approved_sha256', sa.String(length=64), nullable=True),
    sa.Column('withdrawn_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_recording_announcement_id_announcement')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['person.id'], name=op.f('fk_recording_approved_by_id_person')),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_recording_created_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recording'))
    )
    with op.batch_alter_table('recording', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recording_announcement_id'), ['announcement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recording_approved_sha256'), ['approved_sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_recording_sha256'), ['sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_recording_state'), ['state'], unique=False)

    op.create_table('slot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('frequency', sa.Enum('daily', 'weekly', 'once', name='frequency', native_enum=False, length=40), nullable=False),
    sa.Column('times', sa.JSON(), nullable=False),
    sa.Column('weekdays', sa.JSON(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('except_dates', sa.JSON(), nullable=False),
    sa.Column('message_class', sa.Enum('filler', 'ordinary', 'priority', 'emergency', name='messageclass', native_enum=False, length=40), nullable=False),
    sa.Column('missed_rule', sa.Enum('skip', 'late', 'join', 'make-up', name='missedrule', native_enum=False, length=40), nullable=False),
    sa.Column('late_by_ms', sa.Integer(), nullable=True),
    sa.Column('quiet', sa.Enum('hold', 'ignore', name='quietrule', native_enum=False, length=40), nullable=False),
    sa.Column('standing', sa.Boolean(), nullable=False),
    sa.Column('language_rule', sa.Enum('every', 'first', name='languagerule', native_enum=False, length=40), nullable=False),
    sa.Column('targets', sa.JSON(), nullable=False),
    sa.Column('zones', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('created_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('removed_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_slot_created_by_id_person')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_slot_programme_id_programme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slot'))
    )
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_slot_programme_id'), ['programme_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_slot_removed_at'), ['removed_at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_slot_removed_at'))
        batch_op.drop_index(batch_op.f('ix_slot_programme_id'))

    op.drop_table('slot')
    with op.batch_alter_table('recording', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recording_state'))
        batch_op.drop_index(batch_op.f('ix_recording_sha256'))
        batch_op.drop_index(batch_op.f('ix_recording_approved_sha256'))
        batch_op.drop_index(batch_op.f('ix_recording_announcement_id'))

    op.drop_table('recording')
    with op.batch_alter_table('published_plan', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_published_plan_station_id'))

    op.drop_table('published_plan')
    with op.batch_alter_table('programme_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_programme_item_programme_id'))
        batch_op.drop_index(batch_op.f('ix_programme_item_jingle_id'))
        batch_op.drop_index(batch_op.f('ix_programme_item_announcement_id'))

    op.drop_table('programme_item')
    with op.batch_alter_table('planned_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_planned_item_station_id'))
        batch_op.drop_index(batch_op.f('ix_planned_item_planned_start'))

    op.drop_table('planned_item')
    op.drop_table('plan_audio')
    op.drop_table('journal_mark')
    op.drop_table('journal_entry')
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_incident_station_id'))
        batch_op.drop_index(batch_op.f('ix_incident_at'))

    op.drop_table('incident')
    with op.batch_alter_table('enrolment_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_enrolment_code_station_id'))

    op.drop_table('enrolment_code')
    op.drop_table('campaign_announcement')
    with op.batch_alter_table('airing', schema=None) as batch_op:
        batch_op.drop_index('ix_airing_station_id_item')
        batch_op.drop_index('ix_airing_sha256_planned_start')
        batch_op.drop_index(batch_op.f('ix_airing_planned_start'))
        batch_op.drop_index(batch_op.f('ix_airing_outcome'))

    op.drop_table('airing')
    with op.batch_alter_table('station', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_station_village_code'))
        batch_op.drop_index(batch_op.f('ix_station_state'))

    op.drop_table('station')
    op.drop_table('programme')
    op.drop_table('person_role')
    with op.batch_alter_table('jingle', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_jingle_state'))
        batch_op.drop_index(batch_op.f('ix_jingle_sha256'))
        batch_op.drop_index(batch_op.f('ix_jingle_approved_sha256'))

    op.drop_table('jingle')
    op.drop_table('campaign')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entry_subject'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_at'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_action'))

    op.drop_table('audit_entry')
    with op.batch_alter_table('announcement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_announcement_title'))
        batch_op.drop_index(batch_op.f('ix_announcement_kind'))

    op.drop_table('announcement')
    op.drop_table('role')
    op.drop_table('published_keyring')
    with op.batch_alter_table('place', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_place_parent_code'))
        batch_op.drop_index(batch_op.f('ix_place_name'))
        batch_op.drop_index(batch_op.f('ix_place_kind'))

    op.drop_table('place')
    op.drop_table('person')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_job_state'))
        batch_op.drop_index(batch_op.f('ix_job_kind'))

    op.drop_table('job')
