using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Tells a connection that went silent from one that was lost otherwise: the library gives both the same number. It is told when
/// something comes or goes, though not of every byte.
/// </summary>
/// <param name="most">How long the silence may be; zero for any time.</param>
internal sealed class AnswerWatch(TimeSpan most)
{
    private const int ShownBytes = 60;

    // The library's clock and this one need not tick at the same moment.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private string _statement = "a statement";
    private long _last = Environment.TickCount64;

    /// <summary>A statement is sent.</summary>
    public void Begin(ReadOnlySpan<byte> sql)
    {
        // What follows may be rows.
        int values = sql.IndexOf(" VALUES"u8);
        ReadOnlySpan<byte> head = values >= 0 ? sql[..values] : sql;
        _statement = head.Length <= ShownBytes ? Encoding.UTF8.GetString(head) : $"{Encoding.UTF8.GetString(head[..ShownBytes]).TrimEnd('\uFFFD')}…";
        Heard();
    }

    /// <summary>Something came or went.</summary>
    public void Heard() => _last = Environment.TickCount64;

    /// <summary>The error with the statement, if it ended the connection after too much silence.</summary>
    public ServerException Judge(ServerException error)
        => most > TimeSpan.Zero && MySqlFaults.EndsConnection(error.Number) && TimeSpan.FromMilliseconds(Environment.TickCount64 - _last) >= most - Tick
            ? new ServerException(error.Number, error.State, error.Message) { Unanswered = _statement, Silence = most }
            : error;
}
