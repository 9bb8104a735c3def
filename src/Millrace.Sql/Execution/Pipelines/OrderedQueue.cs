using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Takes rows of many parts from lanes and gives them out part after part. The lane of the part that is being given out waits
/// only for the reader; lanes of later parts wait when too much is kept for later, so there is always one that can go on.
/// </summary>
/// <param name="rowsPerPart">Rows of a part after which the rest of it, and every later part, is not needed.</param>
internal sealed class OrderedQueue(long rowsPerPart) : PipelineEnd, IDisposable
{
    // Batches of the current part that wait for the reader, and bytes of all batches that wait.
    private const int MaxReady = 8;
    private const long MaxBytes = 32 << 20;

    // Rows that operators give when they finish belong to no part and come last.
    private const int Tail = int.MaxValue;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Part> _parts = [];
    private int _current;
    private long _bytes;
    private bool _complete;
    private bool _closed;
    private int _lastPart = Tail;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether a part was found that fills the limit alone: parts behind it are not needed.</summary>
    public override bool IsClosed => Volatile.Read(ref _lastPart) != Tail || Volatile.Read(ref _closed);

    public override bool Skips(int part)
    {
        int last = Volatile.Read(ref _lastPart);
        if (part > last || Volatile.Read(ref _closed))
        {
            return true;
        }

        return part == last;
    }

    public override LaneOperator OpenLane() => new Lane(this);

    public override async ValueTask RoomAsync(int part, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                bool full = part == _current ? Get(part).Batches.Count >= MaxReady : _bytes >= MaxBytes;
                if (!full || _closed)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    public override void EndPart(int part)
    {
        lock (_lock)
        {
            Get(part).Ended = true;
            Signal();
        }
    }

    /// <summary>All lanes have ended.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _complete = true;
            Signal();
        }
    }

    /// <summary>Nobody reads any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Signal();
        }
    }

    /// <summary>The next batch, which the caller owns; null at the end. Throws what went wrong in a lane.</summary>
    public async ValueTask<RecordBatch?> TakeAsync(Lanes lanes, CancellationToken cancellation)
    {
        while (true)
        {
            lanes.ThrowIfFailed();
            Task changed;
            lock (_lock)
            {
                if (TryTake(out RecordBatch? batch) || _complete)
                {
                    if (batch is null)
                    {
                        lanes.ThrowIfFailed();
                    }

                    return batch;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        foreach (Part part in _parts.Values)
        {
            foreach (RecordBatch batch in part.Batches)
            {
                batch.Dispose();
            }
        }

        _parts.Clear();
    }

    private bool TryTake(out RecordBatch? batch)
    {
        while (true)
        {
            if (_parts.TryGetValue(_current, out Part? part))
            {
                if (part.Batches.TryDequeue(out batch))
                {
                    _bytes -= batch.ByteSize;
                    Signal();
                    return true;
                }

                if (part.Ended)
                {
                    _parts.Remove(_current++);
                    Signal();
                    continue;
                }
            }

            if (_complete && _current != Tail)
            {
                _current = Tail;
                continue;
            }

            batch = null;
            return false;
        }
    }

    private void Add(RecordBatch rows, int number)
    {
        lock (_lock)
        {
            Part part = Get(number);
            part.Batches.Enqueue(rows.Share());
            part.Rows += rows.Length;
            _bytes += rows.ByteSize;
            if (part.Rows >= rowsPerPart && number < _lastPart)
            {
                Volatile.Write(ref _lastPart, number);
            }

            Signal();
        }
    }

    private Part Get(int number)
    {
        if (!_parts.TryGetValue(number, out Part? part))
        {
            _parts.Add(number, part = new Part());
        }

        return part;
    }

    private void Signal()
    {
        TaskCompletionSource changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private sealed class Part
    {
        public Queue<RecordBatch> Batches { get; } = new();

        public long Rows { get; set; }

        public bool Ended { get; set; }
    }

    private sealed class Lane(OrderedQueue queue) : LaneOperator
    {
        public override bool IsSatisfied => Volatile.Read(ref queue._closed);

        // One batch of a source can become any number of rows, as a series or a join makes them, so the thread waits here too.
        // Rows of the tail come from the last lanes to finish: nobody would make room for them.
        public override void Push(Chunk chunk)
        {
            queue.Add(chunk.Rows, chunk.Part);
            if (chunk.Part != Tail)
            {
                ValueTask room = queue.RoomAsync(chunk.Part, CancellationToken.None);
                if (!room.IsCompletedSuccessfully)
                {
                    room.AsTask().GetAwaiter().GetResult();
                }
            }
        }

        public override void Finish()
        {
        }
    }
}
