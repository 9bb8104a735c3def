using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;
using DataType = Millrace.Columnar.DataType;

namespace Millrace.Connectors.Postgres;

/// <summary>How to reach a PostgreSQL server. What is left out comes from the places where libpq looks: PGHOST and its kin, the service file, the password file.</summary>
public abstract record PostgresOptions
{
    [Description("Connection as one text: postgres://user@host:port/database, or `host=… dbname=…`. The options beside it win over what it says.")]
    [OptionExample("postgres://reader@db.example.org/shop")]
    public string? Connection { get; init; }

    [Description("Name of the server, or the folder of its socket. Several, separated by commas, are tried in turn. Default: PGHOST, else localhost.")]
    [OptionExample("db1.example.org,db2.example.org")]
    public string? Host { get; init; }

    [Description("Port. Default: PGPORT, else 5432.")]
    [Range(1, 65_535)]
    public int? Port { get; init; }

    [Description("Database. Default: PGDATABASE, else the name of the user.")]
    public string? Database { get; init; }

    [Description("User. Default: PGUSER, else the name of the operating system's user.")]
    public string? User { get; init; }

    [Description("Password. Default: PGPASSWORD, else what the password file says.")]
    [OptionExample("${PGPASSWORD}")]
    public string? Password { get; init; }

    [Description("Password file. Default: PGPASSFILE, else ~/.pgpass.")]
    public string? Passfile { get; init; }

    [Description("Section of the service file (PGSERVICEFILE, else ~/.pg_service.conf) that gives what is not given here.")]
    public string? Service { get; init; }

    [Description("Encryption, as libpq names it: whether it is demanded, and whether the server's certificate is checked.")]
    public PostgresTls Sslmode { get; init; } = PostgresTls.Prefer;

    [Description("File with the certificates of authorities to trust, for verify_ca and verify_full.")]
    public string? Sslrootcert { get; init; }

    [Description("File with the client's certificate.")]
    public string? Sslcert { get; init; }

    [Description("File with the key of the client's certificate.")]
    public string? Sslkey { get; init; }

    [Description("Which of several hosts will do: primary for one that takes writes, standby for a replica, prefer_standby for a replica if there is one.")]
    public PostgresRole Role { get; init; } = PostgresRole.Any;

    [Description("How long a connection may take to come about.")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    [Description("How long a statement may take, other than the copying of rows; 0 for no limit.")]
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.Zero;

    [Description("How long not a byte may come or go while rows are copied or an answer is waited for; 0 for no limit. The connection then counts as lost, and the attempt can be made again. It has to be longer than the slowest statement: the server is silent while it sorts or merges.")]
    public TimeSpan NetworkTimeout { get; init; } = TimeSpan.FromHours(1);

    [Description("How long a connection may be silent before the other end is asked for a sign of life; where none comes for some time the connection counts as lost, whatever the statement takes. 0 for never.")]
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    [Description("Name under which the server lists the connections, after `millrace`.")]
    public string? ApplicationName { get; init; }
}

public enum PostgresTls
{
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

public enum PostgresRole
{
    Any,
    Primary,
    Standby,
    PreferPrimary,
    PreferStandby,
}

/// <summary>What to read, and how.</summary>
public sealed record PostgresSourceOptions : PostgresOptions
{
    [Description("Table to read as schema.table, when the job does not name a stream; a view or a foreign table will do. Without a schema, public.")]
    [OptionExample("public.orders")]
    public string? Table { get; init; }

    [Description("Type for numerics that have no precision or more than 38 digits: a decimal, whose rows with other values are bad rows, or varchar, which takes any.")]
    [OptionExample("varchar")]
    public DataType Numeric { get; init; } = DataType.Decimal(38, 9);

    [Description("Size of the parts of a table that are read at once, each by a connection of its own.")]
    public ByteSize ChunkBytes { get; init; } = ByteSize.MiB(4);

    [Description("In what order whole tables are read. storage: as their rows are stored, which is fastest; a run is then all or nothing. key: by primary key, so that a load that was cut off goes on behind its last commit. auto: by key from 1 GiB on, where there is such a key and the run commits on its way.")]
    public ReadBy ReadBy { get; init; } = ReadBy.Auto;

    [Description("Whether all parts and tables are read as of one moment. Off, a table is read without a long transaction, and parts are of different moments.")]
    public bool Consistent { get; init; } = true;

    [Description("How long a row waits for an incremental read after the time in its cursor, so that transactions that were under way then have ended. For cursors that are timestamps.")]
    public TimeSpan SafetyDelay { get; init; } = TimeSpan.FromSeconds(5);

    [Description("Columns that tell rows with the same cursor apart in an incremental read. Left out, the primary key, or the place of the row in its table; a view needs them.")]
    [OptionExample("id")]
    public IReadOnlyList<string> TieBreaker { get; init; } = [];

    [Description("Replication slot of a read of changes. Left out, the job has one of its own, which is made and named after it.")]
    [OptionExample("orders_to_lake")]
    public string? Slot { get; init; }

    [Description("Publication of a read of changes; it is made if it does not exist. Left out, it has the name of the slot.")]
    public string? Publication { get; init; }

    [Description("Whether the first read of changes begins with the rows that are there; off, with what changes from now on, or from where a slot of that name stands.")]
    public bool FirstLoad { get; init; } = true;

    [Description("How often the server is told how far a read of changes is when there is nothing to tell, so that it can forget log that others have written.")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);

    [Description("Log that the server may keep for a read of changes before something is said about it; 0 for any.")]
    public ByteSize SlotLagLimit { get; init; } = ByteSize.MiB(1024);

    [Description("What is done about a slot for which the server keeps more than that.")]
    public SlotLagAction OnSlotLag { get; init; } = SlotLagAction.Warn;
}

public enum SlotLagAction
{
    /// <summary>The run says so, and goes on.</summary>
    Warn,

    /// <summary>The run ends.</summary>
    Fail,
}

/// <summary>The order of a read of everything.</summary>
public enum ReadBy
{
    Auto,
    Storage,
    Key,
}
