namespace Millrace.Connectors.MySql;

/// <summary>The messages of this connector.</summary>
public static class MySqlErrors
{
    public static readonly ErrorCode Unreachable = new("MR3301", "A MySQL server cannot be reached.", "See that it runs, that host and port are right, and that no firewall stands between.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode Refused = new("MR3302", "A MySQL server does not let the user in.", "Look at user, password and database.");
    public static readonly ErrorCode NoRight = new("MR3303", "The MySQL user lacks a right.", "`millrace check` names the GRANT that somebody with the right to it has to run.");
    public static readonly ErrorCode UnknownTable = new("MR3304", "A MySQL table does not exist, or the user may not see it.", "`millrace discover` lists the tables.");
    public static readonly ErrorCode NoLibrary = new("MR3305", "The client library of MySQL is not installed.", "Install MariaDB Connector/C: libmariadb3 on Debian and Ubuntu, mariadb-connector-c on Fedora, Alpine and Homebrew.", ErrorDomain.External);
    public static readonly ErrorCode BrokenAnswer = new("MR3306", "What a MySQL server sent cannot be read.", "Try again; if it comes back, report it with the version of the server.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode Failed = new("MR3307", "A MySQL server refused a statement.", "The server's message says why.");
    public static readonly ErrorCode Passing = new("MR3308", "A MySQL server could not do its part for now.", "The same works later; `failure.retry` tries again by itself.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode ValueDoesNotFit = new("MR3309", "A value does not fit a column, of a MySQL table or from one.", "Choose another type with `decimal: varchar`, `time: interval` or `columns:`, or set such rows aside with `failure: dead_letter`.", Class: ErrorClass.Data);
    public static readonly ErrorCode BadOption = new("MR3310", "An option of MySQL does not make sense.", "See docs/reference/connectors/mysql.md.");
    public static readonly ErrorCode SchemaMisfit = new("MR3311", "Rows do not fit the columns of a MySQL table.", "Choose and convert columns with `columns:` or `transform:`.");
    public static readonly ErrorCode NoKey = new("MR3312", "A merge into a MySQL table needs a key.", "Name the columns that identify a row: `key` in a job or location, --key for copy.");
    public static readonly ErrorCode NotEmpty = new("MR3313", "A MySQL table that is to be written has rows already.", "Say what to do with them: --write append, overwrite or merge.");
    public static readonly ErrorCode RowRefused = new("MR3314", "A MySQL server does not take a row.", "The message names the rule that the row breaks; mend the rows, or set such rows aside with `failure: dead_letter`.", Class: ErrorClass.Data);
    public static readonly ErrorCode NoTransactions = new("MR3315", "A MySQL table cannot take rows and progress in one transaction.", "Move it to InnoDB: ALTER TABLE … ENGINE = InnoDB.");
    public static readonly ErrorCode Silent = new("MR3316", "A MySQL server, or the way to it, went silent.", "The next attempt connects anew. Look for a proxy or firewall that drops connections; where a statement takes longer than that, raise `network_timeout`.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode NameTooLong = new("MR3317", "A name is longer than a MySQL server takes.", "Give the column another name with `columns:` (--columns short=long), the table with `table`, or `stream` in a location.");
    public static readonly ErrorCode Cascades = new("MR3318", "Rows of other tables would go with those of a MySQL table that is to be overwritten.", "Write with `write: merge` or `write: snapshot_diff`, which touch only rows that differ, or drop the constraint and make it again afterwards.");

    public static readonly ErrorCode BadCursor = new("MR3330", "A MySQL table cannot be read incrementally like this.", "Set `cursor` to a column that grows with every change of a row.");
    public static readonly ErrorCode OtherCursor = new("MR3331", "The progress of a job that reads MySQL is not that of its cursor.", "Begin anew with `millrace state reset`, or give the job back the cursor that it had.");
    public static readonly ErrorCode Altered = new("MR3332", "A MySQL table was altered while it was about to be read.", "The next attempt reads it as it is now.", ErrorDomain.External, ErrorClass.Retryable);
}
