using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>
/// A connection over which the server sends its binary log. The library asks for it; its events are taken as they come over the wire, since the
/// library's own form of them leaves out what is needed.
/// </summary>
internal sealed unsafe class LogConnection : IDisposable
{
    // MARIADB_RPL_VERSION of the library: 2 since 3.3.
    private static readonly uint[] Versions = [2, 1];

    // NET, with which MYSQL begins, has four pointers before that to what was read.
    private static readonly int ReadAt = 4 * sizeof(nint);

    // What the library gives for an error, as a number of 32 bits.
    private const uint NoPacket = uint.MaxValue;

    private const byte Event = 0;
    private const byte EndOfLog = 0xFE;

    private readonly MySqlConnection _connection;
    private nint _replication;

    private LogConnection(MySqlConnection connection) => _connection = connection;

    /// <summary>Asks for the log from a place on. The server notices a second reader with the same number, and drops the first.</summary>
    /// <param name="connection">Belongs to this from now on.</param>
    /// <param name="number">Number of the reader, which no other server or reader may have.</param>
    /// <param name="position">Where to begin.</param>
    /// <param name="gtids">Transactions behind which to begin instead, wherever a server of MariaDB has them; null for the place.</param>
    /// <param name="heartbeat">How long the server may have nothing to send before it says so.</param>
    public static LogConnection Open(MySqlConnection connection, uint number, LogPosition position, string? gtids, TimeSpan heartbeat)
    {
        var log = new LogConnection(connection);
        try
        {
            connection.Send(Session(connection.IsMariaDb, gtids, heartbeat));
            connection.Finish();
            log.Start(number, gtids is null ? position.Reachable : new LogPosition("", LogPosition.FirstEvent));
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the next event, on the caller's thread. Dead after the next call; empty where the server ends the log.</summary>
    public ReadOnlySpan<byte> Read()
    {
        _connection.Heard();
        nuint length = Native.ReadPacket(_connection.Handle).Value;
        if (length is 0 or >= NoPacket)
        {
            throw _connection.Fault();
        }

        byte* packet = *(byte**)(_connection.Handle.DangerousGetHandle() + ReadAt);
        return packet[0] switch
        {
            Event when length - 1 <= int.MaxValue => new ReadOnlySpan<byte>(packet + 1, (int)length - 1),
            EndOfLog => default,
            _ => throw LogErrors.Broken.Error($"The server sent a packet of the kind {packet[0]} in the place of an event."),
        };
    }

    /// <summary>Makes whoever waits in <see cref="Read"/> stop. Returns at once.</summary>
    public void Stop() => _connection.Stop();

    public void Dispose()
    {
        if (_replication != 0)
        {
            Native.CloseReplication(_replication);
            _replication = 0;
        }

        _connection.Dispose();
    }

    // What a server would say of itself that reads the log of another: that it knows checksums and all events there are.
    private static string Session(bool isMariaDb, string? gtids, TimeSpan heartbeat)
    {
        string period = (heartbeat.Ticks * 100).ToString(CultureInfo.InvariantCulture);
        return isMariaDb
            ? $"SET @mariadb_slave_capability = 4, @master_binlog_checksum = @@global.binlog_checksum, @master_heartbeat_period = {period}"
                + (gtids is null ? "" : $", @slave_connect_state = {SqlText.Literal(gtids)}, @slave_gtid_strict_mode = 1, @slave_gtid_ignore_duplicates = 0")
            : $"SET @master_binlog_checksum = @@global.binlog_checksum, @source_binlog_checksum = @@global.binlog_checksum, @master_heartbeat_period = {period}, @source_heartbeat_period = {period}";
    }

    private void Start(uint number, LogPosition start)
    {
        foreach (uint version in Versions)
        {
            _replication = _replication == 0 ? Native.InitReplication(_connection.Handle, version) : _replication;
        }

        if (_replication == 0)
        {
            throw MySqlErrors.NoLibrary.Error("The installed version of MariaDB Connector/C reads no binary log.", hint: "Install version 3.3 or later.");
        }

        byte[] name = Encoding.UTF8.GetBytes(start.File + '\0');
        fixed (byte* file = name)
        {
            // The library makes a copy of the name.
            Set(ReplicationOption.FileName, (nuint)file, (nuint)name.Length - 1);
            Set(ReplicationOption.Start, (nuint)start.At, 0);
            Set(ReplicationOption.ServerId, number, 0);
            Set(ReplicationOption.Flags, 0, 0);
            if (Native.OpenReplication(_replication) != 0)
            {
                throw _connection.Fault();
            }
        }
    }

    private void Set(ReplicationOption option, nuint value, nuint second)
        => _ = OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? Native.SetReplicationOnStack(_replication, option, 0, 0, 0, 0, 0, 0, value, second)
            : Native.SetReplication(_replication, option, value, second);
}
