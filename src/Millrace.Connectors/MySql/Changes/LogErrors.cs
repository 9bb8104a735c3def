namespace Millrace.Connectors.MySql;

/// <summary>What can be wrong with reading the changes of a table.</summary>
public static class LogErrors
{
    public static readonly ErrorCode NotReady = new("MR3350", "A MySQL server does not write a binary log from which changes can be read.", "It has to run with log_bin, binlog_format = ROW, binlog_row_image = FULL and binlog_row_metadata = FULL.");
    public static readonly ErrorCode Unlogged = new("MR3351", "The binary log of a MySQL server does not say what happened to the rows of a table.", "See docs/guides/mysql.md; where rows may be missing, begin anew: `millrace state reset`, and empty the target.");
    public static readonly ErrorCode Lost = new("MR3352", "The binary log of a MySQL server does not hold any more what a job has yet to read.", "Begin anew: `millrace state reset`, and empty the target. Keep the log for longer: binlog_expire_logs_seconds.");
    public static readonly ErrorCode Taken = new("MR3353", "Another reader of the binary log of a MySQL server has the same number.", "Give the job another with `server_id`.");
    public static readonly ErrorCode Broken = new("MR3354", "The binary log that a MySQL server sends cannot be read.", "Try again; if it comes back, report it with the version of the server.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode Unreadable = new("MR3355", "Changes of a column of a MySQL table cannot be read.", "Leave it out with `columns:`.");
    public static readonly ErrorCode Behind = new("MR3357", "A MySQL server lacks transactions that a job has committed already.", "A replica that catches up will do in a while. Where they are gone for good, since it was promoted without them, the target has rows that no server has: begin anew with `millrace state reset` and an empty target, or name the host that has them.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode Diverged = new("MR3358", "A MySQL server went another way than the one that a job has read.", "The target has rows that this server never had: begin anew with `millrace state reset` and an empty target, or name the host that has them.");
    public static readonly ErrorCode NotForChanges = new("MR3356", "A setting does not go with reading the changes of a MySQL table.", "See docs/guides/mysql.md.");
}
