"""newsroom"""

import sqlalchemy as sa
from alembic import op

import broadcaster.database

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('to', sa.String(length=320), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('message_id', sa.String(length=120), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'sent', 'failed', name='letterstate', native_enum=False, length=40), nullable=False),
    sa.Column('queued_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('next_try_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('sent_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
    sa.UniqueConstraint('message_id', name=op.f('uq_letter_message_id'))
    )
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letter_queued_at'), ['queued_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_letter_state'), ['state'], unique=False)

    op.create_table('loose_bytes',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('store', sa.Enum('audio', 'originals', name='store', native_enum=False, length=40), nullable=False),
    sa.Column('look_after', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('sha256', 'store', name=op.f('pk_loose_bytes'))
    )
    with op.batch_alter_table('loose_bytes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_loose_bytes_look_after'), ['look_after'], unique=False)

    op.create_table('account_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('invitation', 'reset', name='linkkind', native_enum=False, length=40), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('made_by', sa.String(length=120), nullable=False),
    sa.Column('made_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_account_link_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_account_link_token_hash'))
    )
    with op.batch_alter_table('account_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_link_person_id'), ['person_id'], unique=False)

    op.create_table('notice',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('read_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('mailed_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'key', name=op.f('pk_notice'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_at'), ['at'], unique=False)

    op.create_table('place_in_view',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('place_code', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_place_in_view_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['place_code'], ['place.code'], name=op.f('fk_place_in_view_place_code_place')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_place_in_view'))
    )
    op.create_table('recovery_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('used_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_recovery_code_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code'))
    )
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_code_person_id'), ['person_id'], unique=False)

    op.create_table('role_place',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('administrator', 'editor', 'approver', 'operator', 'officer', name='role', native_enum=False, length=40), nullable=False),
    sa.Column('place_code', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_role_place_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['place_code'], ['place.code'], name=op.f('fk_role_place_place_code_place')),
    sa.PrimaryKeyConstraint('person_id', 'role', 'place_code', name=op.f('pk_role_place'))
    )
    op.create_table('saved_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('page', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('asked', sa.JSON(), nullable=False),
    sa.Column('shared', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('is_default', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('created_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('removed_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_view_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_view'))
    )
    with op.batch_alter_table('saved_view', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_saved_view_person_id'), ['person_id'], unique=False)

    op.create_table('sign_in_pause',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.Enum('account', 'address', name='pausekind', native_enum=False, length=40), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('from_address', sa.String(length=45), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('until', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_pause_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_pause')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_sign_in_pause_key_hash'))
    )
    with op.batch_alter_table('sign_in_pause', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_pause_last_at'), ['last_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_sign_in_pause_person_id'), ['person_id'], unique=False)

    op.create_table('sign_in_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('started_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('fresh_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('remembered', sa.Boolean(), nullable=False),
    sa.Column('from_address', sa.String(length=45), nullable=False),
    sa.Column('browser', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_session_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_session_token_hash'))
    )
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_session_person_id'), ['person_id'], unique=False)

    op.create_table('announcement_tag',
    sa.Column('announcement_id', sa.Integer(), nullable=False),
    sa.Column('folded', sa.String(length=120), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_tag_announcement_id_announcement'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('announcement_id', 'folded', name=op.f('pk_announcement_tag'))
    )
    with op.batch_alter_table('announcement_tag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_announcement_tag_folded'), ['folded'], unique=False)

    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('announcement_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('created_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('removed_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_attachment_announcement_id_announcement'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_attachment_created_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_announcement_id'), ['announcement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_removed_at'), ['removed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_sha256'), ['sha256'], unique=False)

    op.create_table('audio_recall',
    sa.Column('station_id', sa.String(length=63), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_audio_recall_station_id_station')),
    sa.PrimaryKeyConstraint('station_id', 'sha256', name=op.f('pk_audio_recall'))
    )
    with op.batch_alter_table('audio_recall', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audio_recall_sha256'), ['sha256'], unique=False)

    op.create_table('removed_recording',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('announcement_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size_bytes', sa.BigInteger(), nullable=True),
    sa.Column('source_sha256', sa.String(length=64), nullable=True),
    sa.Column('source_size_bytes', sa.BigInteger(), nullable=True),
    sa.Column('kept', sa.JSON(), nullable=False),
    sa.Column('removed_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_removed_recording_announcement_id_announcement'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_removed_recording'))
    )
    with op.batch_alter_table('removed_recording', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_removed_recording_announcement_id'), ['announcement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_removed_recording_removed_at'), ['removed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_removed_recording_sha256'), ['sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_removed_recording_source_sha256'), ['source_sha256'], unique=False)

    op.create_table('incoming_upload',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('arriving', 'asking', 'taken', 'ended', name='incomingstate', native_enum=False, length=40), nullable=False),
    sa.Column('original_name', sa.String(length=300), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('held_bytes', sa.BigInteger(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('print', sa.String(length=100), nullable=False),
    sa.Column('language', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('place_code', sa.String(length=40), nullable=True),
    sa.Column('batch', sa.String(length=40), nullable=False),
    sa.Column('source_sha256', sa.String(length=64), nullable=True),
    sa.Column('announcement_id', sa.Integer(), nullable=True),
    sa.Column('recording_id', sa.Integer(), nullable=True),
    sa.Column('same_as_id', sa.Integer(), nullable=True),
    sa.Column('created_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', broadcaster.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_incoming_upload_announcement_id_announcement'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_incoming_upload_person_id_person')),
    sa.ForeignKeyConstraint(['place_code'], ['place.code'], name=op.f('fk_incoming_upload_place_code_place')),
    sa.ForeignKeyConstraint(['recording_id'], ['recording.id'], name=op.f('fk_incoming_upload_recording_id_recording'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['same_as_id'], ['recording.id'], name=op.f('fk_incoming_upload_same_as_id_recording'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incoming_upload')),
    sa.UniqueConstraint('key', name=op.f('uq_incoming_upload_key'))
    )
    with op.batch_alter_table('incoming_upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incoming_upload_announcement_id'), ['announcement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_incoming_upload_batch'), ['batch'], unique=False)
        batch_op.create_index(batch_op.f('ix_incoming_upload_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_incoming_upload_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_incoming_upload_recording_id'), ['recording_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_incoming_upload_same_as_id'), ['same_as_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_incoming_upload_state'), ['state'], unique=False)

    op.create_table('library_text',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('announcement_id', sa.Integer(), nullable=False),
    sa.Column('recording_id', sa.Integer(), nullable=True),
    sa.Column('recipe', sa.Integer(), nullable=False),
    sa.Column('plain', sa.Text(), nullable=False),
    sa.Column('toned', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_library_text_announcement_id_announcement'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['recording_id'], ['recording.id'], name=op.f('fk_library_text_recording_id_recording'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_library_text')),
    sa.UniqueConstraint('recording_id', name=op.f('uq_library_text_recording_id'))
    )
    with op.batch_alter_table('library_text', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_library_text_announcement_id'), ['announcement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_library_text_recipe'), ['recipe'], unique=False)

    with op.batch_alter_table('announcement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('details', sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
        batch_op.add_column(sa.Column('edition', sa.Integer(), server_default=sa.text('1'), nullable=False))
        batch_op.add_column(sa.Column('place_code', sa.String(length=40), nullable=True))
        batch_op.create_index('ix_announcement_newest', ['created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_announcement_place_code'), ['place_code'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_announcement_place_code_place'), 'place', ['place_code'], ['code'])

    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('via', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('from_address', sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column('words', sa.Text(), nullable=True))
        batch_op.drop_index(batch_op.f('ix_audit_entry_action'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_at'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_subject'))
        batch_op.create_index('ix_audit_entry_action_at_id', ['action', 'at', 'id'], unique=False)
        batch_op.create_index('ix_audit_entry_actor_id_at_id', ['actor_id', 'at', 'id'], unique=False)
        batch_op.create_index('ix_audit_entry_at_id', ['at', 'id'], unique=False)
        batch_op.create_index('ix_audit_entry_subject_at_id', ['subject', 'at', 'id'], unique=False)

    with op.batch_alter_table('jingle', schema=None) as batch_op:
        batch_op.add_column(sa.Column('measured', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('source_sha256', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('source_size_bytes', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('edit', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('state_since', broadcaster.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f('ix_jingle_source_sha256'), ['source_sha256'], unique=False)

    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.add_column(sa.Column('worker', sa.String(length=160), nullable=True))
        batch_op.add_column(sa.Column('seen_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('crashes', sa.Integer(), server_default='0', nullable=False))

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('languages_known', sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        batch_op.add_column(sa.Column('mail_wish', sa.String(length=10), server_default='at_once', nullable=False))
        batch_op.add_column(sa.Column('digest_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('list_wishes', sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
        batch_op.add_column(sa.Column('invited', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('tf_primary_method', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('tf_totp_secret', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('second_factor_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('totp_counter', sa.Integer(), nullable=True))

    with op.batch_alter_table('recording', schema=None) as batch_op:
        batch_op.add_column(sa.Column('made_from_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('transcript_lo', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('speakers', sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        batch_op.add_column(sa.Column('edition', sa.Integer(), server_default=sa.text('1'), nullable=False))
        batch_op.add_column(sa.Column('checked_at', broadcaster.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('checked_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('twin_kept', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('measured', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('source_sha256', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('source_size_bytes', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('edit', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('state_since', broadcaster.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_recording_brought', ['created_by_id', 'ingest'], unique=False)
        batch_op.create_index('ix_recording_newest', ['created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recording_source_sha256'), ['source_sha256'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_recording_made_from_id_recording'), 'recording', ['made_from_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_recording_checked_by_id_person'), 'person', ['checked_by_id'], ['id'])



def downgrade() -> None:
    with op.batch_alter_table('recording', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_recording_checked_by_id_person'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_recording_made_from_id_recording'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_recording_source_sha256'))
        batch_op.drop_index('ix_recording_newest')
        batch_op.drop_index('ix_recording_brought')
        batch_op.drop_column('state_since')
        batch_op.drop_column('edit')
        batch_op.drop_column('source_size_bytes')
        batch_op.drop_column('source_sha256')
        batch_op.drop_column('measured')
        batch_op.drop_column('twin_kept')
        batch_op.drop_column('checked_by_id')
        batch_op.drop_column('checked_at')
        batch_op.drop_column('edition')
        batch_op.drop_column('speakers')
        batch_op.drop_column('transcript_lo')
        batch_op.drop_column('made_from_id')

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('totp_counter')
        batch_op.drop_column('second_factor_at')
        batch_op.drop_column('tf_totp_secret')
        batch_op.drop_column('tf_primary_method')
        batch_op.drop_column('invited')
        batch_op.drop_column('list_wishes')
        batch_op.drop_column('digest_at')
        batch_op.drop_column('mail_wish')
        batch_op.drop_column('languages_known')

    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_column('crashes')
        batch_op.drop_column('seen_at')
        batch_op.drop_column('worker')

    with op.batch_alter_table('jingle', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_jingle_source_sha256'))
        batch_op.drop_column('state_since')
        batch_op.drop_column('edit')
        batch_op.drop_column('source_size_bytes')
        batch_op.drop_column('source_sha256')
        batch_op.drop_column('measured')

    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entry_subject_at_id')
        batch_op.drop_index('ix_audit_entry_at_id')
        batch_op.drop_index('ix_audit_entry_actor_id_at_id')
        batch_op.drop_index('ix_audit_entry_action_at_id')
        batch_op.create_index(batch_op.f('ix_audit_entry_subject'), ['subject'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_action'), ['action'], unique=False)
        batch_op.drop_column('words')
        batch_op.drop_column('from_address')
        batch_op.drop_column('via')

    with op.batch_alter_table('announcement', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_announcement_place_code_place'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_announcement_place_code'))
        batch_op.drop_index('ix_announcement_newest')
        batch_op.drop_column('place_code')
        batch_op.drop_column('edition')
        batch_op.drop_column('details')

    with op.batch_alter_table('library_text', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_library_text_recipe'))
        batch_op.drop_index(batch_op.f('ix_library_text_announcement_id'))

    op.drop_table('library_text')
    with op.batch_alter_table('incoming_upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_incoming_upload_state'))
        batch_op.drop_index(batch_op.f('ix_incoming_upload_same_as_id'))
        batch_op.drop_index(batch_op.f('ix_incoming_upload_recording_id'))
        batch_op.drop_index(batch_op.f('ix_incoming_upload_person_id'))
        batch_op.drop_index(batch_op.f('ix_incoming_upload_expires_at'))
        batch_op.drop_index(batch_op.f('ix_incoming_upload_batch'))
        batch_op.drop_index(batch_op.f('ix_incoming_upload_announcement_id'))

    op.drop_table('incoming_upload')
    with op.batch_alter_table('removed_recording', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_removed_recording_source_sha256'))
        batch_op.drop_index(batch_op.f('ix_removed_recording_sha256'))
        batch_op.drop_index(batch_op.f('ix_removed_recording_removed_at'))
        batch_op.drop_index(batch_op.f('ix_removed_recording_announcement_id'))

    op.drop_table('removed_recording')
    with op.batch_alter_table('audio_recall', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audio_recall_sha256'))

    op.drop_table('audio_recall')
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachment_sha256'))
        batch_op.drop_index(batch_op.f('ix_attachment_removed_at'))
        batch_op.drop_index(batch_op.f('ix_attachment_announcement_id'))

    op.drop_table('attachment')
    with op.batch_alter_table('announcement_tag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_announcement_tag_folded'))

    op.drop_table('announcement_tag')
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_session_person_id'))

    op.drop_table('sign_in_session')
    with op.batch_alter_table('sign_in_pause', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_pause_person_id'))
        batch_op.drop_index(batch_op.f('ix_sign_in_pause_last_at'))

    op.drop_table('sign_in_pause')
    with op.batch_alter_table('saved_view', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_saved_view_person_id'))

    op.drop_table('saved_view')
    op.drop_table('role_place')
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recovery_code_person_id'))

    op.drop_table('recovery_code')
    op.drop_table('place_in_view')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_at'))

    op.drop_table('notice')
    with op.batch_alter_table('account_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_account_link_person_id'))

    op.drop_table('account_link')
    with op.batch_alter_table('loose_bytes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_loose_bytes_look_after'))

    op.drop_table('loose_bytes')
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_letter_state'))
        batch_op.drop_index(batch_op.f('ix_letter_queued_at'))

    op.drop_table('letter')
