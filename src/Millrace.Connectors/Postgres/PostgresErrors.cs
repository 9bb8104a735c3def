using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>The messages of this connector.</summary>
public static class PostgresErrors
{
    public static readonly ErrorCode Unreachable = new("MR3201", "A PostgreSQL server cannot be reached.", "See that it runs, that host and port are right, and that no firewall stands between.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode Refused = new("MR3202", "A PostgreSQL server does not let the user in.", "Look at user, password and database; `pg_hba.conf` on the server decides who may come from where.");
    public static readonly ErrorCode NoRight = new("MR3203", "The database user lacks a right.", "`millrace check` names the GRANT that the owner of the table, or a superuser, has to run.");
    public static readonly ErrorCode UnknownTable = new("MR3204", "A table does not exist, or the user may not see it.", "`millrace discover` lists the tables.");
    public static readonly ErrorCode BadLocation = new("MR3205", "A location of PostgreSQL cannot be read.", "Write postgres://user@host:5432/database?stream=schema.table.");
    public static readonly ErrorCode BrokenCopy = new("MR3206", "What a PostgreSQL server sent cannot be read.", "Try again; if it comes back, report it with the version of the server.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode Failed = new("MR3207", "A PostgreSQL server refused a statement.", "The server's message says why.");
    public static readonly ErrorCode Passing = new("MR3208", "A PostgreSQL server could not do its part for now.", "The same works later; `failure.retry` tries again by itself.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode ValueDoesNotFit = new("MR3209", "A value does not fit a column, of a PostgreSQL table or from one.", "Choose another type with `numeric: varchar` or `columns:`, or set such rows aside with `failure: dead_letter`.", Class: ErrorClass.Data);
    public static readonly ErrorCode BadOption = new("MR3210", "An option of PostgreSQL does not make sense.", "See docs/reference/connectors/postgres.md.");

    public static readonly ErrorCode BadCursor = new("MR3230", "A PostgreSQL table cannot be read incrementally like this.", "Set `cursor` to a column that grows with every change of a row.");
    public static readonly ErrorCode OtherCursor = new("MR3231", "The progress of a job is not that of its cursor.", "Begin anew with `millrace state reset`, or give the job back the cursor that it had.");

    public static readonly ErrorCode Altered = new("MR3232", "A PostgreSQL table was altered while it was about to be read.", "The next attempt reads it as it is now.", ErrorDomain.External, ErrorClass.Retryable);

    public static readonly ErrorCode SchemaMisfit = new("MR3211", "Rows do not fit the columns of a PostgreSQL table.", "Choose and convert columns with `columns:` or `transform:`.");
    public static readonly ErrorCode NoKey = new("MR3212", "A merge needs a key.", "Name the columns that identify a row: `key` in a job or location, --key for copy.");

    public static readonly ErrorCode NotEmpty = new("MR3213", "A PostgreSQL table that is to be written has rows already.", "Say what to do with them: --write append, overwrite or merge.");

    public static readonly ErrorCode RowRefused = new("MR3214", "A PostgreSQL server does not take a row.", "The message names the rule that the row breaks; mend the rows, or set such rows aside with `failure: dead_letter`.", Class: ErrorClass.Data);

    public static readonly ErrorCode Silent = new("MR3215", "A PostgreSQL server, or the way to it, went silent.", "The next attempt connects anew. Look for a proxy or firewall that drops connections; where a statement takes longer than that, raise `network_timeout`.", ErrorDomain.External, ErrorClass.Retryable);

    public static readonly ErrorCode NameTooLong = new("MR3216", "A name is longer than a PostgreSQL server keeps, which would cut it off.", "Give the column another name with `columns:` (--columns short=long), the table with `table`, or `stream` in a location.");

    public static readonly ErrorCode NoColumns = new("MR3217", "A PostgreSQL table has no columns.", "There is nothing to read in its rows: leave the table out, or add a column to it.");

    internal static MillraceException WrongLength(DataType type, int found, int expected)
        => BrokenCopy.Error($"A value of {type} has {found} bytes; {expected} were expected.");
}
