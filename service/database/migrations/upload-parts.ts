import { type Migration, sql } from 'kysely'

/** What was uploaded of models, until they are built. */
export const uploadParts: Migration = {
  up: async (database) => {
    await database.schema
      .createTable('upload_parts')
      // Id of the model.
      .addColumn('model', 'char(32)', (column) => column.notNull())
      // `model` or `calibration`.
      .addColumn('part', 'text', (column) => column.notNull())
      // Pieces of a part, from 0 on.
      .addColumn('piece', 'integer', (column) => column.notNull())
      // Sealed.
      .addColumn('bytes', 'bytea', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .addPrimaryKeyConstraint('upload_parts_key', ['model', 'part', 'piece'])
      .execute()
    // Sealed bytes do not get smaller.
    await sql`alter table upload_parts alter column bytes set storage external`.execute(database)
    // Whoever ends the build, its upload goes in the same transaction.
    await sql`create function forget_upload() returns trigger language plpgsql as $$
      begin
        delete from upload_parts where model in (select id from models where job = new.id);
        return null;
      end $$`.execute(database)
    await sql`create trigger jobs_uploads after update of state on jobs
      for each row when (new.kind = 'build' and new.state in ('succeeded', 'failed', 'cancelled', 'expired'))
      execute function forget_upload()`.execute(database)
  },
}
