using System.Runtime.InteropServices;

namespace Millrace.Connectors.MySql;

/// <summary>The functions of MariaDB Connector/C that are used here (its documentation: "MariaDB Connector/C API Functions").</summary>
internal static unsafe partial class Native
{
    /// <summary>Counts changed rows as found, and lets one query text hold several statements.</summary>
    public const uint MultiStatements = 1 << 16;

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_server_init")]
    public static partial int ServerInit(int count, nint arguments, nint groups);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_init")]
    public static partial nint Init(nint memory);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_close")]
    public static partial void Close(nint connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_options")]
    public static partial int SetOption(ConnectionHandle connection, ClientOption option, void* value);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_options", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetOption(ConnectionHandle connection, ClientOption option, string value);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_options4", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetOption(ConnectionHandle connection, ClientOption option, string name, string value);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_real_connect", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Connect(ConnectionHandle connection, string? host, string? user, string? password, string? database, uint port, string? socket, CULong flags);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_real_query")]
    public static partial int Query(ConnectionHandle connection, byte* sql, CULong length);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_use_result")]
    public static partial nint UseResult(ConnectionHandle connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_next_result")]
    public static partial int NextResult(ConnectionHandle connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_field_count")]
    public static partial uint FieldCount(ConnectionHandle connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_num_fields")]
    public static partial uint NumFields(nint result);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_fetch_row")]
    public static partial byte** FetchRow(nint result);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_fetch_lengths")]
    [SuppressGCTransition]
    public static partial CULong* FetchLengths(nint result);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_free_result")]
    public static partial void FreeResult(nint result);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_affected_rows")]
    public static partial ulong AffectedRows(ConnectionHandle connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_warning_count")]
    public static partial uint WarningCount(ConnectionHandle connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_errno")]
    public static partial uint ErrorNumber(ConnectionHandle connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_error")]
    public static partial byte* ErrorText(ConnectionHandle connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_sqlstate")]
    public static partial byte* SqlState(ConnectionHandle connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_thread_id")]
    public static partial CULong ThreadId(ConnectionHandle connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_get_server_info")]
    public static partial byte* ServerInfo(ConnectionHandle connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_get_socket")]
    public static partial nint Socket(ConnectionHandle connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_get_ssl_cipher")]
    public static partial byte* TlsCipher(ConnectionHandle connection);

    /// <summary>Makes all reading and writing of a connection fail from now on; may be called while another thread waits in it.</summary>
    [LibraryImport(ClientLibrary.Name, EntryPoint = "mariadb_cancel")]
    public static partial int Cancel(ConnectionHandle connection);

    /// <summary>Waits for the next packet of an answer; its length, or <see cref="uint.MaxValue"/> for an error.</summary>
    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_net_read_packet")]
    public static partial CULong ReadPacket(ConnectionHandle connection);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mariadb_rpl_init_ex")]
    public static partial nint InitReplication(ConnectionHandle connection, uint version);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mariadb_rpl_open")]
    public static partial int OpenReplication(nint replication);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mariadb_rpl_close")]
    public static partial void CloseReplication(nint replication);

    /// <summary>The function takes what follows the option as C does, which most systems hand over as any other argument.</summary>
    [LibraryImport(ClientLibrary.Name, EntryPoint = "mariadb_rpl_optionsv")]
    public static partial int SetReplication(nint replication, ReplicationOption option, nuint value, nuint second);

    /// <summary>As <see cref="SetReplication"/>, where such arguments go on the stack, behind all eight registers: Apple's on ARM.</summary>
    [LibraryImport(ClientLibrary.Name, EntryPoint = "mariadb_rpl_optionsv")]
    public static partial int SetReplicationOnStack(nint replication, ReplicationOption option, nint third, nint fourth, nint fifth, nint sixth, nint seventh, nint eighth, nuint value, nuint second);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "mysql_set_local_infile_handler")]
    public static partial void SetLocalInfileHandler(
        ConnectionHandle connection,
        delegate* unmanaged<void**, byte*, void*, int> init,
        delegate* unmanaged<void*, byte*, uint, int> read,
        delegate* unmanaged<void*, void> end,
        delegate* unmanaged<void*, byte*, uint, int> error,
        void* state);
}

/// <summary><c>enum mariadb_rpl_option</c>.</summary>
internal enum ReplicationOption
{
    FileName = 0,
    Start = 1,
    ServerId = 2,
    Flags = 3,
}

/// <summary><c>enum mysql_option</c>.</summary>
internal enum ClientOption
{
    ConnectTimeout = 0,
    Compress = 1,
    ReadDefaultFile = 4,
    ReadDefaultGroup = 5,
    CharsetName = 7,
    LocalInfile = 8,
    Protocol = 9,
    ReadTimeout = 11,
    WriteTimeout = 12,
    VerifyServerCertificate = 21,
    TlsKey = 25,
    TlsCertificate = 26,
    TlsAuthority = 27,
    AddAttribute = 33,
    CleartextPlugin = 36,
    DemandTls = 38,
}
