"""the first schema"""

import sqlalchemy as sa
from alembic import op

from tracker.core import types

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('agencies',
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('short_name', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.Enum('head_of_state', 'department', 'bureau', 'interagency', 'committee', 'legislature', 'government', 'other', name='agency_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('jurisdiction', sa.String(length=2), nullable=False),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('chamber', sa.Enum('senate', 'house', name='chamber', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('is_magnitsky_committee', sa.Boolean(), nullable=False),
    sa.Column('role', sa.String(length=300), nullable=False),
    sa.Column('citation', sa.String(length=200), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(citation) <= 200', name=op.f('ck_agencies_citation_length')),
    sa.CheckConstraint('length(jurisdiction) <= 2', name=op.f('ck_agencies_jurisdiction_length')),
    sa.CheckConstraint('length(name) <= 160', name=op.f('ck_agencies_name_length')),
    sa.CheckConstraint('length(role) <= 300', name=op.f('ck_agencies_role_length')),
    sa.CheckConstraint('length(short_name) <= 60', name=op.f('ck_agencies_short_name_length')),
    sa.CheckConstraint('length(slug) <= 60', name=op.f('ck_agencies_slug_length')),
    sa.ForeignKeyConstraint(['parent_id'], ['agencies.id'], name=op.f('fk_agencies_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agencies')),
    sa.UniqueConstraint('name', name=op.f('uq_agencies_name')),
    sa.UniqueConstraint('slug', name=op.f('uq_agencies_slug'))
    )
    with op.batch_alter_table('agencies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agencies_parent_id'), ['parent_id'], unique=False)

    op.create_table('history_chains',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('length', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('head', sa.String(length=64), nullable=False),
    sa.CheckConstraint('length(head) <= 64', name=op.f('ck_history_chains_head_length')),
    sa.CheckConstraint('length(name) <= 20', name=op.f('ck_history_chains_name_length')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_history_chains'))
    )
    op.create_table('job_runs',
    sa.Column('job', sa.String(length=40), nullable=False),
    sa.Column('period', sa.String(length=60), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('running', 'succeeded', 'failed', name='run_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('started_at', types.UtcDateTime(), nullable=False),
    sa.Column('finished_at', types.UtcDateTime(), nullable=True),
    sa.Column('lease_until', types.UtcDateTime(), nullable=False),
    sa.Column('host', sa.String(length=255), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('error', sa.String(length=500), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(error) <= 500', name=op.f('ck_job_runs_error_length')),
    sa.CheckConstraint('length(host) <= 255', name=op.f('ck_job_runs_host_length')),
    sa.CheckConstraint('length(job) <= 40', name=op.f('ck_job_runs_job_length')),
    sa.CheckConstraint('length(period) <= 60', name=op.f('ck_job_runs_period_length')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_runs')),
    sa.UniqueConstraint('job', 'period', name=op.f('uq_job_runs_job_period'))
    )
    with op.batch_alter_table('job_runs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_runs_job_started_at'), ['job', 'started_at'], unique=False)

    op.create_table('organisations',
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(name) <= 120', name=op.f('ck_organisations_name_length')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisations')),
    sa.UniqueConstraint('name', name=op.f('uq_organisations_name'))
    )
    op.create_table('records',
    sa.Column('kind', sa.Enum('R', 'L', 'T', 'S', 'C', name='kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reference', sa.String(length=10).with_variant(sa.String(length=10, collation='C'), 'postgresql'), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(reference) <= 10', name=op.f('ck_records_reference_length')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_records')),
    sa.UniqueConstraint('reference', name=op.f('uq_records_reference'))
    )
    op.create_table('agency_memberships',
    sa.Column('body_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('member_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.Enum('chair', 'member', 'where_appropriate', name='member_role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['body_id'], ['agencies.id'], name=op.f('fk_agency_memberships_body_id')),
    sa.ForeignKeyConstraint(['member_id'], ['agencies.id'], name=op.f('fk_agency_memberships_member_id')),
    sa.PrimaryKeyConstraint('body_id', 'member_id', name=op.f('pk_agency_memberships'))
    )
    op.create_table('agency_names',
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('folded', sa.String(length=160), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(folded) <= 160', name=op.f('ck_agency_names_folded_length')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_agency_names_agency_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_names')),
    sa.UniqueConstraint('folded', name=op.f('uq_agency_names_folded'))
    )
    with op.batch_alter_table('agency_names', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_names_agency_id'), ['agency_id'], unique=False)

    op.create_table('audience_spans',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('from_at', types.UtcDateTime(), nullable=False),
    sa.Column('until_at', types.UtcDateTime(), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_audience_spans_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audience_spans'))
    )
    with op.batch_alter_table('audience_spans', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audience_spans_record_id_from_at'), ['record_id', 'from_at'], unique=False)

    op.create_table('clock_rules',
    sa.Column('kind', sa.Enum('section_1263d', 'erc_removal', 'erc_vote', 'reply_requested', 'promise', 'answer', 'silence', 'acknowledgement', 'drafting', 'vetting', 'evidence', name='clock_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('instrument', sa.Enum('global_magnitsky', 'entity_list', 'export_control', 'visa_7031c', 'visa_212a3c', 'visa_unspecified', 'uflpa_entity_list', 'ns_cmic', 'other_us', 'uk_ghr', 'eu_ghr', 'ca_jvcfoa', 'ca_sema', 'au_thematic', 'unspecified', name='instrument', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('jurisdiction', sa.String(length=2), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('status', sa.Enum('draft', 'vetting', 'ready', 'submitted', 'acknowledged', 'under_review', 'closed', name='status', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('length', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('unit', sa.Enum('calendar_days', 'business_days', 'months', name='unit', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('lead_days', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('warn_day', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('basis', sa.Enum('statute', 'regulation', 'letter', 'promise', 'house', name='basis', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('citation', sa.String(length=200), nullable=False),
    sa.Column('citation_url', sa.String(length=500), nullable=False),
    sa.Column('sentence', sa.String(length=500), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length BETWEEN 0 AND 3660', name=op.f('ck_clock_rules_sane_length')),
    sa.CheckConstraint('length(channel) <= 20', name=op.f('ck_clock_rules_channel_length')),
    sa.CheckConstraint('length(citation) <= 200', name=op.f('ck_clock_rules_citation_length')),
    sa.CheckConstraint('length(citation_url) <= 500', name=op.f('ck_clock_rules_citation_url_length')),
    sa.CheckConstraint('length(jurisdiction) <= 2', name=op.f('ck_clock_rules_jurisdiction_length')),
    sa.CheckConstraint('length(sentence) <= 500', name=op.f('ck_clock_rules_sentence_length')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_clock_rules_agency_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_rules'))
    )
    with op.batch_alter_table('clock_rules', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_clock_rules_kind_valid_from'), ['kind', 'valid_from'], unique=False)

    op.create_table('offices',
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(title) <= 160', name=op.f('ck_offices_title_length')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_offices_agency_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offices')),
    sa.UniqueConstraint('agency_id', 'title', name=op.f('uq_offices_agency_id_title'))
    )
    op.create_table('record_tags',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tag', sa.String(length=60), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('length(tag) <= 60', name=op.f('ck_record_tags_tag_length')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_record_tags_organisation_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_record_tags_record_id')),
    sa.PrimaryKeyConstraint('record_id', 'tag', name=op.f('pk_record_tags'))
    )
    with op.batch_alter_table('record_tags', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_record_tags_tag_record_id'), ['tag', 'record_id'], unique=False)

    op.create_table('users',
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('role', sa.Enum('partner', 'staff', 'admin', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('visit_started_at', types.UtcDateTime(), nullable=True),
    sa.Column('previous_visit_at', types.UtcDateTime(), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(email) <= 254', name=op.f('ck_users_email_length')),
    sa.CheckConstraint('length(fs_uniquifier) <= 64', name=op.f('ck_users_fs_uniquifier_length')),
    sa.CheckConstraint('length(name) <= 120', name=op.f('ck_users_name_length')),
    sa.CheckConstraint('length(password) <= 255', name=op.f('ck_users_password_length')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_users_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_users_fs_uniquifier'))
    )
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_users_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('grants',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('granted_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_grants_record_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_grants_user_id')),
    sa.PrimaryKeyConstraint('record_id', 'user_id', name=op.f('pk_grants'))
    )
    with op.batch_alter_table('grants', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_grants_user_id_record_id'), ['user_id', 'record_id'], unique=False)

    op.create_table('history_events',
    sa.Column('chain', sa.String(length=20), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', types.UtcDateTime(), nullable=False),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('payload_digest', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(chain) <= 20', name=op.f('ck_history_events_chain_length')),
    sa.CheckConstraint('length(digest) <= 64', name=op.f('ck_history_events_digest_length')),
    sa.CheckConstraint('length(name) <= 60', name=op.f('ck_history_events_name_length')),
    sa.CheckConstraint('length(payload_digest) <= 64', name=op.f('ck_history_events_payload_digest_length')),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_history_events_actor_id')),
    sa.ForeignKeyConstraint(['chain'], ['history_chains.name'], name=op.f('fk_history_events_chain')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_history_events')),
    sa.UniqueConstraint('chain', 'position', name=op.f('uq_history_events_chain_position'))
    )
    with op.batch_alter_table('history_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_history_events_actor_id'), ['actor_id'], unique=False)

    op.create_table('letters',
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('sort_title', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
    sa.Column('kind', sa.Enum('congressional', 'organisations', 'submission', 'report', 'statement', name='letter_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('channel', sa.Enum('letter', 'email', 'portal', 'phone', 'meeting', 'public', 'unknown', name='channel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('on_behalf_of', sa.String(length=300), nullable=False),
    sa.Column('written_on', types.PartialDateType(), nullable=False),
    sa.Column('sent_on', types.PartialDateType(), nullable=False),
    sa.Column('received_on', types.PartialDateType(), nullable=False),
    sa.Column('received_proof', sa.String(length=300), nullable=False),
    sa.Column('reply_requested_by', types.PartialDateType(), nullable=False),
    sa.Column('reply_date_confirmed', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(length=4000), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('length(note) <= 4000', name=op.f('ck_letters_note_length')),
    sa.CheckConstraint('length(on_behalf_of) <= 300', name=op.f('ck_letters_on_behalf_of_length')),
    sa.CheckConstraint('length(received_on) <= 10', name=op.f('ck_letters_received_on_length')),
    sa.CheckConstraint('length(received_proof) <= 300', name=op.f('ck_letters_received_proof_length')),
    sa.CheckConstraint('length(reply_requested_by) <= 10', name=op.f('ck_letters_reply_requested_by_length')),
    sa.CheckConstraint('length(sent_on) <= 10', name=op.f('ck_letters_sent_on_length')),
    sa.CheckConstraint('length(sort_title) <= 80', name=op.f('ck_letters_sort_title_length')),
    sa.CheckConstraint('length(title) <= 200', name=op.f('ck_letters_title_length')),
    sa.CheckConstraint('length(written_on) <= 10', name=op.f('ck_letters_written_on_length')),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_letters_created_by_id')),
    sa.ForeignKeyConstraint(['id'], ['records.id'], name=op.f('fk_letters_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_letters_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letters'))
    )
    with op.batch_alter_table('letters', schema=None) as batch_op:
        batch_op.create_index('ix_letters_listing', ['written_on', 'id', 'audience', 'organisation_id'], unique=False)

    op.create_table('office_holders',
    sa.Column('office_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('folded', sa.String(length=160), nullable=False),
    sa.Column('held_from', sa.Date(), nullable=False),
    sa.Column('held_until', sa.Date(), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(folded) <= 160', name=op.f('ck_office_holders_folded_length')),
    sa.CheckConstraint('length(name) <= 160', name=op.f('ck_office_holders_name_length')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_office_holders_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office_holders')),
    sa.UniqueConstraint('office_id', 'held_from', name=op.f('uq_office_holders_office_id_held_from'))
    )
    with op.batch_alter_table('office_holders', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_office_holders_folded'), ['folded'], unique=False)

    op.create_table('recommendations',
    sa.Column('instrument', sa.Enum('global_magnitsky', 'entity_list', 'export_control', 'visa_7031c', 'visa_212a3c', 'visa_unspecified', 'uflpa_entity_list', 'ns_cmic', 'other_us', 'uk_ghr', 'eu_ghr', 'ca_jvcfoa', 'ca_sema', 'au_thematic', 'unspecified', name='instrument', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('seeks', sa.Enum('addition', 'removal', name='seeks', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('sort_title', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
    sa.Column('request', sa.String(length=4000), nullable=False),
    sa.Column('legal_basis', sa.String(length=300), nullable=False),
    sa.Column('ground', sa.Enum('human_rights', 'corruption', name='ground', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('abuse', sa.String(length=2000), nullable=False),
    sa.Column('newest_conduct_on', types.PartialDateType(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'vetting', 'ready', 'submitted', 'acknowledged', 'under_review', 'closed', name='status', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('closure_reason', sa.Enum('acted_in_full', 'acted_in_part', 'declined', 'withdrawn', 'superseded', 'moot', name='closure_reason', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('result', sa.Enum('none_known', 'acted_in_full', 'acted_in_part', 'related_action', 'declined', name='result', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('judgement', sa.Enum('in_full', 'in_part', name='judgement', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('decided_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('submitted_on', types.PartialDateType(), nullable=False),
    sa.Column('last_contact_on', types.PartialDateType(), nullable=False),
    sa.Column('assignee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('next_action', sa.String(length=300), nullable=False),
    sa.Column('next_action_on', sa.Date(), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint("(status = 'closed') = (closure_reason IS NOT NULL)", name=op.f('ck_recommendations_closed_with_reason')),
    sa.CheckConstraint('length(abuse) <= 2000', name=op.f('ck_recommendations_abuse_length')),
    sa.CheckConstraint('length(last_contact_on) <= 10', name=op.f('ck_recommendations_last_contact_on_length')),
    sa.CheckConstraint('length(legal_basis) <= 300', name=op.f('ck_recommendations_legal_basis_length')),
    sa.CheckConstraint('length(newest_conduct_on) <= 10', name=op.f('ck_recommendations_newest_conduct_on_length')),
    sa.CheckConstraint('length(next_action) <= 300', name=op.f('ck_recommendations_next_action_length')),
    sa.CheckConstraint('length(request) <= 4000', name=op.f('ck_recommendations_request_length')),
    sa.CheckConstraint('length(sort_title) <= 80', name=op.f('ck_recommendations_sort_title_length')),
    sa.CheckConstraint('length(submitted_on) <= 10', name=op.f('ck_recommendations_submitted_on_length')),
    sa.CheckConstraint('length(title) <= 200', name=op.f('ck_recommendations_title_length')),
    sa.ForeignKeyConstraint(['assignee_id'], ['users.id'], name=op.f('fk_recommendations_assignee_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_recommendations_created_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['agencies.id'], name=op.f('fk_recommendations_decided_by_id')),
    sa.ForeignKeyConstraint(['id'], ['records.id'], name=op.f('fk_recommendations_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_recommendations_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recommendations'))
    )
    with op.batch_alter_table('recommendations', schema=None) as batch_op:
        batch_op.create_index('ix_recommendations_assignee', ['assignee_id', 'next_action_on'], unique=False)
        batch_op.create_index('ix_recommendations_by_instrument', ['audience', 'organisation_id', 'instrument'], unique=False)
        batch_op.create_index('ix_recommendations_by_status', ['audience', 'organisation_id', 'status'], unique=False)
        batch_op.create_index('ix_recommendations_by_year', ['audience', 'organisation_id', 'submitted_on', 'result'], unique=False)
        batch_op.create_index('ix_recommendations_contact', ['last_contact_on', 'id', 'audience', 'organisation_id'], unique=False)
        batch_op.create_index('ix_recommendations_instrument_updated', ['instrument', 'updated_at', 'id', 'audience', 'organisation_id'], unique=False)
        batch_op.create_index('ix_recommendations_status_updated', ['status', 'updated_at', 'id', 'audience', 'organisation_id'], unique=False)
        batch_op.create_index('ix_recommendations_submitted', ['submitted_on', 'id', 'audience', 'organisation_id'], unique=False)
        batch_op.create_index('ix_recommendations_title', ['sort_title', 'id', 'audience', 'organisation_id'], unique=False)
        batch_op.create_index('ix_recommendations_updated', ['updated_at', 'id', 'audience', 'organisation_id'], unique=False)

    op.create_table('sources',
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('sort_title', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
    sa.Column('publisher', sa.String(length=200), nullable=False),
    sa.Column('published_on', types.PartialDateType(), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('note', sa.String(length=2000), nullable=False),
    sa.Column('is_protected', sa.Boolean(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('length(note) <= 2000', name=op.f('ck_sources_note_length')),
    sa.CheckConstraint('length(published_on) <= 10', name=op.f('ck_sources_published_on_length')),
    sa.CheckConstraint('length(publisher) <= 200', name=op.f('ck_sources_publisher_length')),
    sa.CheckConstraint('length(sort_title) <= 80', name=op.f('ck_sources_sort_title_length')),
    sa.CheckConstraint('length(title) <= 300', name=op.f('ck_sources_title_length')),
    sa.CheckConstraint('length(url) <= 2000', name=op.f('ck_sources_url_length')),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_sources_created_by_id')),
    sa.ForeignKeyConstraint(['id'], ['records.id'], name=op.f('fk_sources_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_sources_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sources'))
    )
    with op.batch_alter_table('sources', schema=None) as batch_op:
        batch_op.create_index('ix_sources_listing', ['sort_title', 'id', 'audience', 'organisation_id'], unique=False)

    op.create_table('targets',
    sa.Column('kind', sa.Enum('person', 'organisation', 'company', 'public_body', 'class', name='target_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('sort_name', sa.String(length=80).with_variant(sa.String(length=80, collation='C'), 'postgresql'), nullable=False),
    sa.Column('position', sa.String(length=300), nullable=False),
    sa.Column('born_on', types.PartialDateType(), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('region', sa.String(length=120), nullable=False),
    sa.Column('note', sa.String(length=4000), nullable=False),
    sa.Column('merged_into_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('length(born_on) <= 10', name=op.f('ck_targets_born_on_length')),
    sa.CheckConstraint('length(country) <= 2', name=op.f('ck_targets_country_length')),
    sa.CheckConstraint('length(name) <= 300', name=op.f('ck_targets_name_length')),
    sa.CheckConstraint('length(note) <= 4000', name=op.f('ck_targets_note_length')),
    sa.CheckConstraint('length(position) <= 300', name=op.f('ck_targets_position_length')),
    sa.CheckConstraint('length(region) <= 120', name=op.f('ck_targets_region_length')),
    sa.CheckConstraint('length(sort_name) <= 80', name=op.f('ck_targets_sort_name_length')),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_targets_created_by_id')),
    sa.ForeignKeyConstraint(['id'], ['records.id'], name=op.f('fk_targets_id')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['targets.id'], name=op.f('fk_targets_merged_into_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_targets_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_targets'))
    )
    with op.batch_alter_table('targets', schema=None) as batch_op:
        batch_op.create_index('ix_targets_listing', ['sort_name', 'id', 'audience', 'organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_targets_merged_into_id'), ['merged_into_id'], unique=False)

    op.create_table('addressees',
    sa.Column('recommendation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('official', sa.String(length=300), nullable=False),
    sa.Column('office_title', sa.String(length=300), nullable=False),
    sa.Column('state', sa.Enum('not_sent', 'awaiting', 'acknowledged', 'replied', 'declined', 'acted', name='addressee_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('asked_on', types.PartialDateType(), nullable=False),
    sa.Column('acknowledged_on', types.PartialDateType(), nullable=False),
    sa.Column('answered_on', types.PartialDateType(), nullable=False),
    sa.Column('last_contact_on', types.PartialDateType(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('length(acknowledged_on) <= 10', name=op.f('ck_addressees_acknowledged_on_length')),
    sa.CheckConstraint('length(answered_on) <= 10', name=op.f('ck_addressees_answered_on_length')),
    sa.CheckConstraint('length(asked_on) <= 10', name=op.f('ck_addressees_asked_on_length')),
    sa.CheckConstraint('length(last_contact_on) <= 10', name=op.f('ck_addressees_last_contact_on_length')),
    sa.CheckConstraint('length(office_title) <= 300', name=op.f('ck_addressees_office_title_length')),
    sa.CheckConstraint('length(official) <= 300', name=op.f('ck_addressees_official_length')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_addressees_agency_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_addressees_organisation_id')),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendations.id'], name=op.f('fk_addressees_recommendation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_addressees')),
    sa.UniqueConstraint('recommendation_id', 'agency_id', name=op.f('uq_addressees_recommendation_id_agency_id'))
    )
    with op.batch_alter_table('addressees', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_addressees_agency_id_recommendation_id'), ['agency_id', 'recommendation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_addressees_audience_organisation_id_agency_id_state_recommendation_id'), ['audience', 'organisation_id', 'agency_id', 'state', 'recommendation_id'], unique=False)

    op.create_table('clock_acts',
    sa.Column('recommendation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('act', sa.Enum('snooze', 'extend', 'meet', 'void', name='act_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('kind', sa.Enum('section_1263d', 'erc_removal', 'erc_vote', 'reply_requested', 'promise', 'answer', 'silence', 'acknowledgement', 'drafting', 'vetting', 'evidence', name='clock_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('start_key', sa.String(length=60), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.Column('recorded_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('length(reason) <= 500', name=op.f('ck_clock_acts_reason_length')),
    sa.CheckConstraint('length(start_key) <= 60', name=op.f('ck_clock_acts_start_key_length')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_clock_acts_agency_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_clock_acts_organisation_id')),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendations.id'], name=op.f('fk_clock_acts_recommendation_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['users.id'], name=op.f('fk_clock_acts_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_acts'))
    )
    with op.batch_alter_table('clock_acts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_clock_acts_recommendation_id'), ['recommendation_id'], unique=False)

    op.create_table('contacts',
    sa.Column('happened_on', types.PartialDateType(), nullable=False),
    sa.Column('direction', sa.Enum('ours', 'theirs', 'both', name='direction', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('substance', sa.Enum('submission', 'follow_up', 'acknowledgement', 'form_letter', 'substantive', 'question', 'promise', 'meeting', name='substance', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('channel', sa.Enum('letter', 'email', 'portal', 'phone', 'meeting', 'public', 'unknown', name='channel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('summary', sa.String(length=4000), nullable=False),
    sa.Column('promised_on', types.PartialDateType(), nullable=False),
    sa.Column('is_determination', sa.Boolean(), nullable=False),
    sa.Column('letter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('voided_at', types.UtcDateTime(), nullable=True),
    sa.Column('voided_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('void_reason', sa.String(length=500), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('length(happened_on) <= 10', name=op.f('ck_contacts_happened_on_length')),
    sa.CheckConstraint('length(promised_on) <= 10', name=op.f('ck_contacts_promised_on_length')),
    sa.CheckConstraint('length(summary) <= 4000', name=op.f('ck_contacts_summary_length')),
    sa.CheckConstraint('length(void_reason) <= 500', name=op.f('ck_contacts_void_reason_length')),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_contacts_created_by_id')),
    sa.ForeignKeyConstraint(['id'], ['records.id'], name=op.f('fk_contacts_id')),
    sa.ForeignKeyConstraint(['letter_id'], ['letters.id'], name=op.f('fk_contacts_letter_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_contacts_organisation_id')),
    sa.ForeignKeyConstraint(['voided_by_id'], ['users.id'], name=op.f('fk_contacts_voided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts'))
    )
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contacts_letter_id'), ['letter_id'], unique=False)
        batch_op.create_index('ix_contacts_listing', ['happened_on', 'id', 'audience', 'organisation_id'], unique=False)

    op.create_table('controlled_items',
    sa.Column('recommendation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('control_type', sa.Enum('item', 'end_use', 'end_user', 'is_informed', 'licence_policy', name='control_type', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('technology', sa.String(length=500), nullable=False),
    sa.Column('models', sa.String(length=500), nullable=False),
    sa.Column('supplier', sa.String(length=300), nullable=False),
    sa.Column('eccn', sa.String(length=20), nullable=False),
    sa.Column('eccn_status', sa.Enum('known', 'suspected', 'ear99', 'unknown', name='eccn_status', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('destination_country', sa.String(length=2), nullable=False),
    sa.Column('destination_region', sa.String(length=120), nullable=False),
    sa.Column('end_user', sa.String(length=300), nullable=False),
    sa.Column('end_use', sa.String(length=500), nullable=False),
    sa.Column('reason_for_control', sa.String(length=300), nullable=False),
    sa.Column('licence_policy', sa.String(length=300), nullable=False),
    sa.Column('diversion_evidence', sa.String(length=2000), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(destination_country) <= 2', name=op.f('ck_controlled_items_destination_country_length')),
    sa.CheckConstraint('length(destination_region) <= 120', name=op.f('ck_controlled_items_destination_region_length')),
    sa.CheckConstraint('length(diversion_evidence) <= 2000', name=op.f('ck_controlled_items_diversion_evidence_length')),
    sa.CheckConstraint('length(eccn) <= 20', name=op.f('ck_controlled_items_eccn_length')),
    sa.CheckConstraint('length(end_use) <= 500', name=op.f('ck_controlled_items_end_use_length')),
    sa.CheckConstraint('length(end_user) <= 300', name=op.f('ck_controlled_items_end_user_length')),
    sa.CheckConstraint('length(licence_policy) <= 300', name=op.f('ck_controlled_items_licence_policy_length')),
    sa.CheckConstraint('length(models) <= 500', name=op.f('ck_controlled_items_models_length')),
    sa.CheckConstraint('length(reason_for_control) <= 300', name=op.f('ck_controlled_items_reason_for_control_length')),
    sa.CheckConstraint('length(supplier) <= 300', name=op.f('ck_controlled_items_supplier_length')),
    sa.CheckConstraint('length(technology) <= 500', name=op.f('ck_controlled_items_technology_length')),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendations.id'], name=op.f('fk_controlled_items_recommendation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_controlled_items'))
    )
    with op.batch_alter_table('controlled_items', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_controlled_items_recommendation_id_position'), ['recommendation_id', 'position'], unique=False)

    op.create_table('history_payloads',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('salt', sa.LargeBinary(length=16), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['history_events.id'], name=op.f('fk_history_payloads_event_id')),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_history_payloads'))
    )
    op.create_table('history_subjects',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['history_events.id'], name=op.f('fk_history_subjects_event_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_history_subjects_record_id')),
    sa.PrimaryKeyConstraint('event_id', 'record_id', name=op.f('pk_history_subjects'))
    )
    with op.batch_alter_table('history_subjects', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_history_subjects_record_id_event_id'), ['record_id', 'event_id'], unique=False)

    op.create_table('letter_addressees',
    sa.Column('letter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('official', sa.String(length=200), nullable=False),
    sa.Column('office_title', sa.String(length=200), nullable=False),
    sa.Column('is_copy', sa.Boolean(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(office_title) <= 200', name=op.f('ck_letter_addressees_office_title_length')),
    sa.CheckConstraint('length(official) <= 200', name=op.f('ck_letter_addressees_official_length')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_letter_addressees_agency_id')),
    sa.ForeignKeyConstraint(['letter_id'], ['letters.id'], name=op.f('fk_letter_addressees_letter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_addressees'))
    )
    with op.batch_alter_table('letter_addressees', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letter_addressees_letter_id_position'), ['letter_id', 'position'], unique=False)

    op.create_table('letter_recommendations',
    sa.Column('letter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('recommendation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['letter_id'], ['letters.id'], name=op.f('fk_letter_recommendations_letter_id')),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendations.id'], name=op.f('fk_letter_recommendations_recommendation_id')),
    sa.PrimaryKeyConstraint('letter_id', 'recommendation_id', name=op.f('pk_letter_recommendations'))
    )
    with op.batch_alter_table('letter_recommendations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letter_recommendations_recommendation_id'), ['recommendation_id'], unique=False)

    op.create_table('outcomes',
    sa.Column('recommendation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('target_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('authority_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.Enum('listed_as_asked', 'listed_other_authority', 'listed_by_ally', 'listed_related_party', 'rule_issued', 'other_action', 'declined', 'confidential', 'reversed', name='outcome_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('instrument', sa.Enum('global_magnitsky', 'entity_list', 'export_control', 'visa_7031c', 'visa_212a3c', 'visa_unspecified', 'uflpa_entity_list', 'ns_cmic', 'other_us', 'uk_ghr', 'eu_ghr', 'ca_jvcfoa', 'ca_sema', 'au_thematic', 'unspecified', name='instrument', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('effective_on', types.PartialDateType(), nullable=False),
    sa.Column('attribution', sa.Enum('coincident', 'cited', 'claimed', name='attribution', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('note', sa.String(length=2000), nullable=False),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.Column('recorded_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('voided_at', types.UtcDateTime(), nullable=True),
    sa.Column('void_reason', sa.String(length=500), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('length(effective_on) <= 10', name=op.f('ck_outcomes_effective_on_length')),
    sa.CheckConstraint('length(note) <= 2000', name=op.f('ck_outcomes_note_length')),
    sa.CheckConstraint('length(void_reason) <= 500', name=op.f('ck_outcomes_void_reason_length')),
    sa.ForeignKeyConstraint(['authority_id'], ['agencies.id'], name=op.f('fk_outcomes_authority_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_outcomes_organisation_id')),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendations.id'], name=op.f('fk_outcomes_recommendation_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['users.id'], name=op.f('fk_outcomes_recorded_by_id')),
    sa.ForeignKeyConstraint(['target_id'], ['targets.id'], name=op.f('fk_outcomes_target_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outcomes'))
    )
    with op.batch_alter_table('outcomes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outcomes_audience_organisation_id_effective_on_kind'), ['audience', 'organisation_id', 'effective_on', 'kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_outcomes_recommendation_id'), ['recommendation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_outcomes_target_id'), ['target_id'], unique=False)

    op.create_table('recommendation_places',
    sa.Column('recommendation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('region', sa.String(length=120), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('length(country) <= 2', name=op.f('ck_recommendation_places_country_length')),
    sa.CheckConstraint('length(region) <= 120', name=op.f('ck_recommendation_places_region_length')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_recommendation_places_organisation_id')),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendations.id'], name=op.f('fk_recommendation_places_recommendation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recommendation_places')),
    sa.UniqueConstraint('recommendation_id', 'country', 'region', name=op.f('uq_recommendation_places_recommendation_id_country_region'))
    )
    with op.batch_alter_table('recommendation_places', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recommendation_places_audience_organisation_id_country_recommendation_id'), ['audience', 'organisation_id', 'country', 'recommendation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recommendation_places_country_recommendation_id'), ['country', 'recommendation_id'], unique=False)

    op.create_table('recommendation_targets',
    sa.Column('recommendation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('target_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendations.id'], name=op.f('fk_recommendation_targets_recommendation_id')),
    sa.ForeignKeyConstraint(['target_id'], ['targets.id'], name=op.f('fk_recommendation_targets_target_id')),
    sa.PrimaryKeyConstraint('recommendation_id', 'target_id', name=op.f('pk_recommendation_targets'))
    )
    with op.batch_alter_table('recommendation_targets', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recommendation_targets_target_id'), ['target_id'], unique=False)

    op.create_table('signatories',
    sa.Column('letter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('role', sa.Enum('chair', 'cochair', 'ranking_member', 'member', 'other', name='signatory_role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('body_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('body_text', sa.String(length=200), nullable=False),
    sa.Column('chamber', sa.Enum('senate', 'house', name='chamber', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(body_text) <= 200', name=op.f('ck_signatories_body_text_length')),
    sa.CheckConstraint('length(name) <= 200', name=op.f('ck_signatories_name_length')),
    sa.ForeignKeyConstraint(['body_id'], ['agencies.id'], name=op.f('fk_signatories_body_id')),
    sa.ForeignKeyConstraint(['letter_id'], ['letters.id'], name=op.f('fk_signatories_letter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signatories'))
    )
    with op.batch_alter_table('signatories', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_signatories_letter_id_position'), ['letter_id', 'position'], unique=False)

    op.create_table('source_uses',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shows', sa.String(length=500), nullable=False),
    sa.CheckConstraint('length(shows) <= 500', name=op.f('ck_source_uses_shows_length')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_source_uses_record_id')),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_source_uses_source_id')),
    sa.PrimaryKeyConstraint('record_id', 'source_id', name=op.f('pk_source_uses'))
    )
    with op.batch_alter_table('source_uses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_source_uses_source_id_record_id'), ['source_id', 'record_id'], unique=False)

    op.create_table('status_spans',
    sa.Column('recommendation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('status', sa.Enum('draft', 'vetting', 'ready', 'submitted', 'acknowledged', 'under_review', 'closed', name='status', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('from_on', types.PartialDateType(), nullable=False),
    sa.Column('until_on', types.PartialDateType(), nullable=False),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.Column('recorded_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('ended_at', types.UtcDateTime(), nullable=True),
    sa.Column('note', sa.String(length=2000), nullable=False),
    sa.Column('reason', sa.String(length=2000), nullable=False),
    sa.Column('source_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('closure_reason', sa.Enum('acted_in_full', 'acted_in_part', 'declined', 'withdrawn', 'superseded', 'moot', name='closure_reason', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('length(from_on) <= 10', name=op.f('ck_status_spans_from_on_length')),
    sa.CheckConstraint('length(note) <= 2000', name=op.f('ck_status_spans_note_length')),
    sa.CheckConstraint('length(reason) <= 2000', name=op.f('ck_status_spans_reason_length')),
    sa.CheckConstraint('length(until_on) <= 10', name=op.f('ck_status_spans_until_on_length')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_status_spans_organisation_id')),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendations.id'], name=op.f('fk_status_spans_recommendation_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['users.id'], name=op.f('fk_status_spans_recorded_by_id')),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_status_spans_source_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_status_spans'))
    )
    with op.batch_alter_table('status_spans', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_status_spans_audience_organisation_id_status_from_on_until_on'), ['audience', 'organisation_id', 'status', 'from_on', 'until_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_status_spans_recommendation_id_from_on'), ['recommendation_id', 'from_on'], unique=False)

    op.create_table('target_identifiers',
    sa.Column('target_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('value', sa.String(length=120), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(country) <= 2', name=op.f('ck_target_identifiers_country_length')),
    sa.CheckConstraint('length(kind) <= 60', name=op.f('ck_target_identifiers_kind_length')),
    sa.CheckConstraint('length(value) <= 120', name=op.f('ck_target_identifiers_value_length')),
    sa.ForeignKeyConstraint(['target_id'], ['targets.id'], name=op.f('fk_target_identifiers_target_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_target_identifiers')),
    sa.UniqueConstraint('target_id', 'kind', 'value', name=op.f('uq_target_identifiers_target_id_kind_value'))
    )
    op.create_table('target_names',
    sa.Column('target_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.Enum('primary', 'original', 'alias', 'weak', name='name_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('script', sa.String(length=4), nullable=False),
    sa.Column('folded', sa.String(length=600).with_variant(sa.String(length=600, collation='C'), 'postgresql'), nullable=False),
    sa.Column('latin', sa.String(length=2000).with_variant(sa.String(length=2000, collation='C'), 'postgresql'), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(folded) <= 600', name=op.f('ck_target_names_folded_length')),
    sa.CheckConstraint('length(latin) <= 2000', name=op.f('ck_target_names_latin_length')),
    sa.CheckConstraint('length(script) <= 4', name=op.f('ck_target_names_script_length')),
    sa.CheckConstraint('length(text) <= 300', name=op.f('ck_target_names_text_length')),
    sa.ForeignKeyConstraint(['target_id'], ['targets.id'], name=op.f('fk_target_names_target_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_target_names')),
    sa.UniqueConstraint('target_id', 'text', name=op.f('uq_target_names_target_id_text'))
    )
    with op.batch_alter_table('target_names', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_target_names_folded'), ['folded'], unique=False)
        batch_op.create_index(batch_op.f('ix_target_names_latin'), ['latin'], unique=False)

    op.create_table('target_relations',
    sa.Column('from_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('to_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('member', 'part', 'subsidiary', 'officer', name='relation_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('since', types.PartialDateType(), nullable=False),
    sa.CheckConstraint('length(since) <= 10', name=op.f('ck_target_relations_since_length')),
    sa.ForeignKeyConstraint(['from_id'], ['targets.id'], name=op.f('fk_target_relations_from_id')),
    sa.ForeignKeyConstraint(['to_id'], ['targets.id'], name=op.f('fk_target_relations_to_id')),
    sa.PrimaryKeyConstraint('from_id', 'to_id', 'kind', name=op.f('pk_target_relations'))
    )
    with op.batch_alter_table('target_relations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_target_relations_to_id'), ['to_id'], unique=False)

    op.create_table('clocks',
    sa.Column('recommendation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('section_1263d', 'erc_removal', 'erc_vote', 'reply_requested', 'promise', 'answer', 'silence', 'acknowledgement', 'drafting', 'vetting', 'evidence', name='clock_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('cause', sa.Enum('statutory_overdue', 'response_overdue', 'promise_passed', 'ours_to_answer', 'silent', 'unacknowledged', 'unsent', 'evidence_ageing', name='cause', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('basis', sa.Enum('statute', 'regulation', 'letter', 'promise', 'house', name='basis', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('rule_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('start_key', sa.String(length=60), nullable=False),
    sa.Column('state', sa.Enum('not_started', 'running', 'met', 'closed', 'void', name='clock_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('started_on', types.PartialDateType(), nullable=False),
    sa.Column('warn_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('late_on', sa.Date(), nullable=True),
    sa.Column('flagged_on', sa.Date(), nullable=True),
    sa.Column('flagged_at', types.UtcDateTime(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('ended_at', types.UtcDateTime(), nullable=True),
    sa.Column('snoozed_until', sa.Date(), nullable=True),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.Column('superseded_at', types.UtcDateTime(), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.Enum('named', 'organisation', 'coalition', 'public', name='audience', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('length(note) <= 1000', name=op.f('ck_clocks_note_length')),
    sa.CheckConstraint('length(start_key) <= 60', name=op.f('ck_clocks_start_key_length')),
    sa.CheckConstraint('length(started_on) <= 10', name=op.f('ck_clocks_started_on_length')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_clocks_agency_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_clocks_contact_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_clocks_organisation_id')),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendations.id'], name=op.f('fk_clocks_recommendation_id')),
    sa.ForeignKeyConstraint(['rule_id'], ['clock_rules.id'], name=op.f('fk_clocks_rule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clocks'))
    )
    with op.batch_alter_table('clocks', schema=None) as batch_op:
        batch_op.create_index('ix_clocks_current', ['recommendation_id'], unique=False, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))
        batch_op.create_index('ix_clocks_ended', ['ended_at'], unique=False)
        batch_op.create_index('ix_clocks_flagged', ['audience', 'organisation_id', 'cause', 'recommendation_id', 'agency_id', 'flagged_on'], unique=False, sqlite_where=sa.text("state = 'running' AND flagged_on IS NOT NULL AND superseded_at IS NULL"), postgresql_where=sa.text("state = 'running' AND flagged_on IS NOT NULL AND superseded_at IS NULL"))
        batch_op.create_index('ix_clocks_late_spans', ['flagged_on', 'ended_on'], unique=False, sqlite_where=sa.text('flagged_on IS NOT NULL AND superseded_at IS NULL'), postgresql_where=sa.text('flagged_on IS NOT NULL AND superseded_at IS NULL'))
        batch_op.create_index('ix_clocks_to_flag', ['late_on'], unique=False, sqlite_where=sa.text("state = 'running' AND flagged_on IS NULL AND superseded_at IS NULL"), postgresql_where=sa.text("state = 'running' AND flagged_on IS NULL AND superseded_at IS NULL"))

    op.create_table('contact_agencies',
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_contact_agencies_agency_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_contact_agencies_contact_id')),
    sa.PrimaryKeyConstraint('contact_id', 'agency_id', name=op.f('pk_contact_agencies'))
    )
    with op.batch_alter_table('contact_agencies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contact_agencies_agency_id'), ['agency_id'], unique=False)

    op.create_table('contact_recommendations',
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('recommendation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_contact_recommendations_contact_id')),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendations.id'], name=op.f('fk_contact_recommendations_recommendation_id')),
    sa.PrimaryKeyConstraint('contact_id', 'recommendation_id', name=op.f('pk_contact_recommendations'))
    )
    with op.batch_alter_table('contact_recommendations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contact_recommendations_recommendation_id'), ['recommendation_id'], unique=False)

    op.create_table('outcome_citations',
    sa.Column('outcome_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('citation', sa.String(length=300), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('length(citation) <= 300', name=op.f('ck_outcome_citations_citation_length')),
    sa.CheckConstraint('length(url) <= 2000', name=op.f('ck_outcome_citations_url_length')),
    sa.ForeignKeyConstraint(['outcome_id'], ['outcomes.id'], name=op.f('fk_outcome_citations_outcome_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outcome_citations'))
    )
    with op.batch_alter_table('outcome_citations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outcome_citations_outcome_id'), ['outcome_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('outcome_citations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outcome_citations_outcome_id'))

    op.drop_table('outcome_citations')
    with op.batch_alter_table('contact_recommendations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contact_recommendations_recommendation_id'))

    op.drop_table('contact_recommendations')
    with op.batch_alter_table('contact_agencies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contact_agencies_agency_id'))

    op.drop_table('contact_agencies')
    with op.batch_alter_table('clocks', schema=None) as batch_op:
        batch_op.drop_index('ix_clocks_to_flag', sqlite_where=sa.text("state = 'running' AND flagged_on IS NULL AND superseded_at IS NULL"), postgresql_where=sa.text("state = 'running' AND flagged_on IS NULL AND superseded_at IS NULL"))
        batch_op.drop_index('ix_clocks_late_spans', sqlite_where=sa.text('flagged_on IS NOT NULL AND superseded_at IS NULL'), postgresql_where=sa.text('flagged_on IS NOT NULL AND superseded_at IS NULL'))
        batch_op.drop_index('ix_clocks_flagged', sqlite_where=sa.text("state = 'running' AND flagged_on IS NOT NULL AND superseded_at IS NULL"), postgresql_where=sa.text("state = 'running' AND flagged_on IS NOT NULL AND superseded_at IS NULL"))
        batch_op.drop_index('ix_clocks_ended')
        batch_op.drop_index('ix_clocks_current', sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.drop_table('clocks')
    with op.batch_alter_table('target_relations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_target_relations_to_id'))

    op.drop_table('target_relations')
    with op.batch_alter_table('target_names', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_target_names_latin'))
        batch_op.drop_index(batch_op.f('ix_target_names_folded'))

    op.drop_table('target_names')
    op.drop_table('target_identifiers')
    with op.batch_alter_table('status_spans', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_status_spans_recommendation_id_from_on'))
        batch_op.drop_index(batch_op.f('ix_status_spans_audience_organisation_id_status_from_on_until_on'))

    op.drop_table('status_spans')
    with op.batch_alter_table('source_uses', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_source_uses_source_id_record_id'))

    op.drop_table('source_uses')
    with op.batch_alter_table('signatories', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_signatories_letter_id_position'))

    op.drop_table('signatories')
    with op.batch_alter_table('recommendation_targets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recommendation_targets_target_id'))

    op.drop_table('recommendation_targets')
    with op.batch_alter_table('recommendation_places', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recommendation_places_country_recommendation_id'))
        batch_op.drop_index(batch_op.f('ix_recommendation_places_audience_organisation_id_country_recommendation_id'))

    op.drop_table('recommendation_places')
    with op.batch_alter_table('outcomes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outcomes_target_id'))
        batch_op.drop_index(batch_op.f('ix_outcomes_recommendation_id'))
        batch_op.drop_index(batch_op.f('ix_outcomes_audience_organisation_id_effective_on_kind'))

    op.drop_table('outcomes')
    with op.batch_alter_table('letter_recommendations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_letter_recommendations_recommendation_id'))

    op.drop_table('letter_recommendations')
    with op.batch_alter_table('letter_addressees', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_letter_addressees_letter_id_position'))

    op.drop_table('letter_addressees')
    with op.batch_alter_table('history_subjects', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_history_subjects_record_id_event_id'))

    op.drop_table('history_subjects')
    op.drop_table('history_payloads')
    with op.batch_alter_table('controlled_items', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_controlled_items_recommendation_id_position'))

    op.drop_table('controlled_items')
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.drop_index('ix_contacts_listing')
        batch_op.drop_index(batch_op.f('ix_contacts_letter_id'))

    op.drop_table('contacts')
    with op.batch_alter_table('clock_acts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_clock_acts_recommendation_id'))

    op.drop_table('clock_acts')
    with op.batch_alter_table('addressees', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_addressees_audience_organisation_id_agency_id_state_recommendation_id'))
        batch_op.drop_index(batch_op.f('ix_addressees_agency_id_recommendation_id'))

    op.drop_table('addressees')
    with op.batch_alter_table('targets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_targets_merged_into_id'))
        batch_op.drop_index('ix_targets_listing')

    op.drop_table('targets')
    with op.batch_alter_table('sources', schema=None) as batch_op:
        batch_op.drop_index('ix_sources_listing')

    op.drop_table('sources')
    with op.batch_alter_table('recommendations', schema=None) as batch_op:
        batch_op.drop_index('ix_recommendations_updated')
        batch_op.drop_index('ix_recommendations_title')
        batch_op.drop_index('ix_recommendations_submitted')
        batch_op.drop_index('ix_recommendations_status_updated')
        batch_op.drop_index('ix_recommendations_instrument_updated')
        batch_op.drop_index('ix_recommendations_contact')
        batch_op.drop_index('ix_recommendations_by_year')
        batch_op.drop_index('ix_recommendations_by_status')
        batch_op.drop_index('ix_recommendations_by_instrument')
        batch_op.drop_index('ix_recommendations_assignee')

    op.drop_table('recommendations')
    with op.batch_alter_table('office_holders', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_office_holders_folded'))

    op.drop_table('office_holders')
    with op.batch_alter_table('letters', schema=None) as batch_op:
        batch_op.drop_index('ix_letters_listing')

    op.drop_table('letters')
    with op.batch_alter_table('history_events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_history_events_actor_id'))

    op.drop_table('history_events')
    with op.batch_alter_table('grants', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_grants_user_id_record_id'))

    op.drop_table('grants')
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_users_organisation_id'))

    op.drop_table('users')
    with op.batch_alter_table('record_tags', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_record_tags_tag_record_id'))

    op.drop_table('record_tags')
    op.drop_table('offices')
    with op.batch_alter_table('clock_rules', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_clock_rules_kind_valid_from'))

    op.drop_table('clock_rules')
    with op.batch_alter_table('audience_spans', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audience_spans_record_id_from_at'))

    op.drop_table('audience_spans')
    with op.batch_alter_table('agency_names', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_agency_names_agency_id'))

    op.drop_table('agency_names')
    op.drop_table('agency_memberships')
    op.drop_table('records')
    op.drop_table('organisations')
    with op.batch_alter_table('job_runs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_job_runs_job_started_at'))

    op.drop_table('job_runs')
    op.drop_table('history_chains')
    with op.batch_alter_table('agencies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_agencies_parent_id'))

    op.drop_table('agencies')
