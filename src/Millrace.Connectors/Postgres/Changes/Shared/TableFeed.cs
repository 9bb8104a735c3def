using System.Buffers;
using System.Buffers.Binary;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The messages of one table out of a stream that several tables share. One thread adds, one takes; how much waits in all feeds
/// together is bounded by <see cref="FeedRoom"/>.
/// </summary>
/// <param name="room">Counts the bytes that wait.</param>
/// <param name="received">The place up to which every message was added.</param>
internal sealed class TableFeed(FeedRoom room, Func<ulong> received) : ILogMessages, IDisposable
{
    private const int SegmentBytes = 32 << 10;

    private readonly Queue<Segment> _segments = new();
    private readonly Lock _lock = new();
    private Segment? _last;
    private byte[] _current = [];
    private int _currentStart;
    private int _waiting;
    private long _bytes;
    private ulong _received;
    private bool _isClosed;
    private Exception? _failure;
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Length { get; private set; }

    public ulong Received
    {
        get
        {
            // In this order: what lies before the place was added before, so that none of it waits if nothing does.
            ulong place = received();
            lock (_lock)
            {
                return _received = _waiting == 0 ? Math.Max(_received, place) : _received;
            }
        }
    }

    public bool IsWaiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting == 0 && _failure is null;
            }
        }
    }

    /// <summary>Adds a message, whose bytes are copied.</summary>
    public void Add(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            int size = sizeof(int) + message.Length;
            if (_last is null || _last.Bytes.Length - _last.Written < size)
            {
                _last = new Segment(ArrayPool<byte>.Shared.Rent(Math.Max(SegmentBytes, size)));
                _segments.Enqueue(_last);
            }

            BinaryPrimitives.WriteInt32LittleEndian(_last.Bytes.AsSpan(_last.Written), message.Length);
            message.CopyTo(_last.Bytes.AsSpan(_last.Written + sizeof(int)));
            _last.Written += size;
            _waiting++;
            _bytes += size;
            room.Take(size);
            _arrived.TrySetResult();
        }
    }

    /// <summary>Nothing more will come; whoever reads hears why when it has taken what is there.</summary>
    public void Fail(Exception error)
    {
        lock (_lock)
        {
            _failure ??= error;
            _arrived.TrySetResult();
        }
    }

    public bool MoveNext()
    {
        lock (_lock)
        {
            if (_waiting == 0)
            {
                return _failure is null ? false : throw _failure;
            }

            Segment first = _segments.Peek();
            if (first.Read == first.Written)
            {
                // The reader is done with the message before.
                _segments.Dequeue();
                ArrayPool<byte>.Shared.Return(first.Bytes);
                first = _segments.Peek();
            }

            Length = BinaryPrimitives.ReadInt32LittleEndian(first.Bytes.AsSpan(first.Read));
            _current = first.Bytes;
            _currentStart = first.Read + sizeof(int);
            int size = sizeof(int) + Length;
            first.Read += size;
            _bytes -= size;
            if (--_waiting == 0 && _arrived.Task.IsCompleted)
            {
                _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            room.Free(size);
            return true;
        }
    }

    public async ValueTask WaitAsync(TimeSpan time, CancellationToken cancellation)
    {
        Task arrived;
        lock (_lock)
        {
            arrived = _waiting == 0 && _failure is null ? _arrived.Task : Task.CompletedTask;
        }

        await arrived.WaitAsync(time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
    }

    public ValueTask CopyToAsync(Memory<byte> target, CancellationToken cancellation)
    {
        _current.AsMemory(_currentStart, Length).CopyTo(target);
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            _waiting = 0;
            room.Free(_bytes);
            _bytes = 0;
            while (_segments.TryDequeue(out Segment? segment))
            {
                ArrayPool<byte>.Shared.Return(segment.Bytes);
            }

            _last = null;
            _arrived.TrySetResult();
        }
    }

    // Messages one behind the other, each after its length.
    private sealed class Segment(byte[] bytes)
    {
        public byte[] Bytes => bytes;

        public int Written { get; set; }

        public int Read { get; set; }
    }
}
