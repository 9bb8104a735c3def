namespace Millrace.Connectors.Postgres;

/// <summary>What can be wrong with reading the changes of a table.</summary>
public static class ChangeErrors
{
    public static readonly ErrorCode NotReady = new("MR3250", "A PostgreSQL server does not hand out changes.", "Set `wal_level = logical` and enough `max_replication_slots` and `max_wal_senders`, and restart the server.");
    public static readonly ErrorCode NoIdentity = new("MR3251", "A PostgreSQL table does not say which row a change is about.", "Give it a primary key, or a replica identity: ALTER TABLE … REPLICA IDENTITY FULL.");
    public static readonly ErrorCode SlotLost = new("MR3252", "The replication slot of a job is gone, and with it changes that the job has not read.", "Begin anew: `millrace state reset`, and empty the target. See docs/guides/change-data-capture.md.");
    public static readonly ErrorCode SlotBusy = new("MR3253", "The replication slot of a job is in use by another session.", "End the other run, or wait until the server has noticed that it is gone.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode SlotTaken = new("MR3254", "A replication slot exists that is not the job's own.", "Name another with `slot`, or drop it: SELECT pg_drop_replication_slot('…').");
    public static readonly ErrorCode Publication = new("MR3255", "A publication does not hand out all changes of a table.", "The message names the statement that the owner of the table has to run.");
    public static readonly ErrorCode BrokenStream = new("MR3256", "The stream of changes of a PostgreSQL server cannot be read.", "Try again; if it comes back, report it with the version of the server.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode Lag = new("MR3257", "A PostgreSQL server keeps more log for a job than is allowed.", "Let the job catch up, or raise `slot_lag_limit`.");
    public static readonly ErrorCode UnreadableType = new("MR3258", "Changes of a column cannot be read.", "Leave it out with `columns:`.");
    public static readonly ErrorCode NotForChanges = new("MR3259", "A setting does not go with reading changes.", "See docs/guides/change-data-capture.md.");
}
