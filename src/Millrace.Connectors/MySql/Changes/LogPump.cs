using System.Buffers;
using System.Buffers.Binary;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Takes the events of a log from the connection, on a thread of its own, and keeps some for whoever reads them: the library only waits or
/// gives, and does not say whether something is there.
/// </summary>
internal sealed class LogPump : IDisposable
{
    // What may wait here before the server has to.
    private const int MostWaiting = 4 << 20;
    private const int FirstCapacity = 64 << 10;

    private readonly LogConnection _connection;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private byte[] _filling = ArrayPool<byte>.Shared.Rent(FirstCapacity);
    private int _filled;
    private byte[] _taking = ArrayPool<byte>.Shared.Rent(FirstCapacity);
    private int _taken;
    private int _next;
    private Exception? _end;
    private bool _isStopped;
    private TaskCompletionSource? _arrival;

    public LogPump(LogConnection connection)
    {
        _connection = connection;
        _thread = new Thread(Work) { IsBackground = true, Name = "millrace binlog" };
        _thread.Start();
    }

    /// <summary>Where the event lies that the last <see cref="MoveNext"/> found; dead after the next.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>Whether the next event has yet to come.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_gate)
            {
                return _next == _taken && _filled == 0 && _end is null;
            }
        }
    }

    /// <summary>Goes to the next event if one is there; false if it has yet to come. Fails where the log has ended.</summary>
    public bool MoveNext()
    {
        if (_next == _taken && !Swap())
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(_taking.AsSpan(_next));
        Current = _taking.AsMemory(_next + sizeof(int), length);
        _next += sizeof(int) + length;
        return true;
    }

    /// <summary>Ends when the next event is there, or the time is over.</summary>
    public async ValueTask WaitAsync(TimeSpan time, CancellationToken cancellation)
    {
        Task arrival;
        lock (_gate)
        {
            if (_next != _taken || _filled > 0 || _end is not null)
            {
                return;
            }

            _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            arrival = _arrival.Task;
        }

        await arrival.WaitAsync(time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isStopped = true;
            Monitor.PulseAll(_gate);
        }

        _connection.Stop();
        _thread.Join();
        _connection.Dispose();
        ArrayPool<byte>.Shared.Return(_filling);
        ArrayPool<byte>.Shared.Return(_taking);
    }

    private bool Swap()
    {
        lock (_gate)
        {
            if (_filled == 0)
            {
                return _end is null ? false : throw _end;
            }

            // One huge event is no reason to keep its room.
            if (_taking.Length > 2 * MostWaiting)
            {
                ArrayPool<byte>.Shared.Return(_taking);
                _taking = ArrayPool<byte>.Shared.Rent(FirstCapacity);
            }

            (_taking, _filling) = (_filling, _taking);
            (_taken, _filled) = (_filled, 0);
            _next = 0;
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    private void Work()
    {
        try
        {
            while (true)
            {
                ReadOnlySpan<byte> data = _connection.Read();
                if (data.IsEmpty)
                {
                    throw new ServerException(2013, "HY000", "The server has ended the stream of its binary log.");
                }

                if (!Keep(data))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is ServerException or MillraceException or OutOfMemoryException)
        {
            lock (_gate)
            {
                _end = e;
                Arrived();
            }
        }
    }

    private bool Keep(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            while (_filled >= MostWaiting && !_isStopped)
            {
                Monitor.Wait(_gate);
            }

            if (_isStopped)
            {
                return false;
            }

            int needed = checked(_filled + sizeof(int) + data.Length);
            if (needed > _filling.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, Math.Min(_filling.Length * 2L, Array.MaxLength)));
                _filling.AsSpan(0, _filled).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_filling);
                _filling = larger;
            }

            BinaryPrimitives.WriteInt32LittleEndian(_filling.AsSpan(_filled), data.Length);
            data.CopyTo(_filling.AsSpan(_filled + sizeof(int)));
            _filled = needed;
            Arrived();
            return true;
        }
    }

    private void Arrived()
    {
        _arrival?.TrySetResult();
        _arrival = null;
    }
}
