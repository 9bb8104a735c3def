using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;
using DataType = Millrace.Columnar.DataType;

namespace Millrace.Connectors.MySql;

/// <summary>How to reach a MySQL or MariaDB server. What is left out comes from [client] of the option files (~/.my.cnf), as with the server's own clients.</summary>
public abstract record MySqlOptions
{
    [Description("Name of the server. Several, separated by commas and each with a port of its own if need be, are tried in turn: the first that answers is used; of a target's, the first that takes writes; of a read of changes, the first that has what the job has committed. Default: MYSQL_HOST, else what the option files say, else localhost by its socket.")]
    [OptionExample("db.example.org")]
    public string? Host { get; init; }

    [Description("Port. Default: MYSQL_TCP_PORT, else 3306.")]
    [Range(1, 65_535)]
    public int? Port { get; init; }

    [Description("File of the server's socket, for a server on this machine.")]
    [OptionExample("/run/mysqld/mysqld.sock")]
    public string? Socket { get; init; }

    [Description("Database of tables whose names do not say theirs.")]
    [OptionExample("shop")]
    public string? Database { get; init; }

    [Description("User. Default: what the option files say, else the operating system's user.")]
    public string? User { get; init; }

    [Description("Password. Default: MYSQL_PWD, else what the option files say.")]
    [OptionExample("${MYSQL_PWD}")]
    public string? Password { get; init; }

    [Description("An option file to read instead of the usual ones; its groups [client] and [millrace] count.")]
    public string? OptionFile { get; init; }

    [Description("Encryption: whether it is demanded, and whether the server's certificate is checked: that it is of the authority in `sslrootcert` with verify_ca, its name as well with verify_full. prefer goes on without where the server has none.")]
    public MySqlTls Sslmode { get; init; } = MySqlTls.Prefer;

    [Description("File with the certificates of authorities to trust; where it is given, the server's certificate must be of one of them.")]
    public string? Sslrootcert { get; init; }

    [Description("File with the client's certificate.")]
    public string? Sslcert { get; init; }

    [Description("File with the key of the client's certificate.")]
    public string? Sslkey { get; init; }

    [Description("Whether what is sent is compressed, which costs both ends time.")]
    public bool Compress { get; init; }

    [Description("How long a connection may take to come about.")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    [Description("How long a statement may take, the reading of a table included; 0 for no limit.")]
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.Zero;

    [Description("How long not a byte may come or go while rows are copied or an answer is waited for; 0 for no limit. The connection then counts as lost, and the attempt can be made again. It has to be longer than the slowest statement: the server is silent while it sorts or merges.")]
    public TimeSpan NetworkTimeout { get; init; } = TimeSpan.FromHours(1);

    [Description("How long a connection may be silent before the other end is asked for a sign of life; where none comes for some time the connection counts as lost, whatever the statement takes. 0 for never.")]
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);
}

public enum MySqlTls
{
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// <summary>What a date that is none, such as 0000-00-00, becomes.</summary>
public enum ZeroDates
{
    /// <summary>NULL; how many there were is remarked.</summary>
    Null,

    /// <summary>The row is a bad row.</summary>
    Error,
}

/// <summary>What to read, and how.</summary>
public sealed record MySqlSourceOptions : MySqlOptions
{
    [Description("Table to read, as table or database.table, when the job does not name a stream; a view will do.")]
    [OptionExample("orders")]
    public string? Table { get; init; }

    [Description("Type for decimals of more than 38 digits: a decimal, whose rows with other values are bad rows, or varchar, which takes any.")]
    [OptionExample("varchar")]
    public DataType Decimal { get; init; } = DataType.Decimal(38, 9);

    [Description("Type for TIME: time, whose rows with less than 0 or more than 24 hours are bad rows, or interval, which takes any.")]
    [OptionExample("interval")]
    public DataType Time { get; init; } = DataType.Time();

    [Description("What dates become that the calendar does not have, such as 0000-00-00.")]
    public ZeroDates ZeroDates { get; init; } = ZeroDates.Null;

    [Description("Whether tinyint(1), which is what BOOLEAN makes, is read as a boolean; values other than 0 and 1 are then bad rows.")]
    public bool TinyintAsBoolean { get; init; }

    [Description("Rows of the parts of a table that are read at once, each by a connection of its own. Only tables whose primary key begins with a whole number are cut.")]
    [Range(1, 1_000_000_000)]
    public long ChunkRows { get; init; } = 200_000;

    [Description("Whether all rows are read as of one moment. Several connections see one moment only on MariaDB with a binary log; elsewhere one connection reads alone, unless this is off and parts may be of different moments.")]
    public bool Consistent { get; init; } = true;

    [Description("Whether a read of everything that was cut off goes on behind the last row that was committed, by the primary key. What it still reads is of a later moment.")]
    public bool Resume { get; init; }

    [Description("How long a row waits for an incremental read after the time in its cursor, so that transactions that were under way then have ended. For cursors that are timestamps.")]
    public TimeSpan SafetyDelay { get; init; } = TimeSpan.FromSeconds(5);

    [Description("Columns that tell rows with the same cursor apart in an incremental read. Left out, the primary key; a view needs them.")]
    [OptionExample("id")]
    public IReadOnlyList<string> TieBreaker { get; init; } = [];

    [Description("Whether the first read of changes begins with the rows that are there; off, with what changes from now on.")]
    public bool FirstLoad { get; init; } = true;

    [Description("Number by which the server tells a read of changes from other readers of its binary log, and from other servers. Left out, the job has one of its own.")]
    [Range(1, uint.MaxValue)]
    [OptionExample("4711")]
    public long? ServerId { get; init; }

    [Description("How often the server says that it is there while a read of changes waits for some; after three times as long without a word it counts as gone.")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);
}
