using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Formats.Parquet;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>How large data files grow and how many are open.</summary>
/// <param name="Bytes">Size at which a file is ended, about.</param>
/// <param name="OpenFiles">Most partitions that are written at once.</param>
internal sealed record DataFileLimits(long Bytes, int OpenFiles);

/// <summary>
/// The data files of one commit: rows go to the open file of their partition. When too many are open, one that had no rows for a while is
/// ended; where all of them go on getting rows, those of further partitions wait on disk until the others are done, so that a partition
/// gets few files whatever the order of the rows. What is complete waits for the commit. One thread uses it.
/// </summary>
internal sealed class DataFileSet : IAsyncDisposable
{
    // What all open files together may hold in memory; rows that are to be sorted are held whole.
    private const long MaxBuffered = 16 << 20;
    private const long MaxHeld = 64 << 20;

    // Batches without rows for a file after which rows are taken to come partition by partition.
    private const int IdleBatches = 8;

    // Rows that were put aside so often are of partitions that cannot be told apart.
    private const int MaxDepth = 6;

    private readonly TableFiles _files;
    private readonly TableSchema _schema;
    private readonly PartitionSpec _spec;
    private readonly IReadOnlyList<IcebergPrimitive> _types;
    private readonly Schema _columns;
    private readonly DataFileLimits _limits;
    private readonly ParquetOptions _options;
    private readonly MetricsModes _modes;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _tags;
    private readonly RowOrder? _order;
    private readonly PartitionRouter _router;
    private readonly string _prefix;
    private readonly Dictionary<PartitionTuple, OpenDataFile> _open = [];
    private readonly Publisher<DataFile> _publisher = new();
    private readonly List<DataFile> _complete = [];

    // Partitions whose file was ended to make room. One that comes again shows that rows do not come partition by partition.
    private readonly HashSet<PartitionTuple> _ended = [];
    private bool _isScattered;
    private PartitionSpill? _spill;
    private int _depth;
    private long _batches;
    private long _buffered;
    private int _next;

    /// <param name="table">The table, for schema, spec, order and properties.</param>
    /// <param name="files">The table's files.</param>
    /// <param name="prefix">Start of the files' names, which no other set has.</param>
    /// <param name="limits">How large they grow.</param>
    public DataFileSet(TableMetadata table, TableFiles files, string prefix, DataFileLimits limits)
    {
        _files = files;
        _schema = table.Schema;
        _spec = table.Spec;
        _types = table.TypesOf(_spec);
        _prefix = prefix;
        _limits = limits;
        _columns = TypeMapping.ToColumns(_schema);
        _router = new PartitionRouter(_spec, _schema);
        _order = RowOrder.Of(table.SortOrder, _schema);
        _modes = MetricsModes.Of(table);
        _tags = ObjectTags.Of(DataTags.OfProperties(table.Properties));
        _options = ParquetSettings.Of(table);
    }

    /// <summary>Files that are published; all of them after <see cref="FinishAsync"/>.</summary>
    public IReadOnlyList<DataFile> Complete => _complete;

    /// <summary>Number of files that take no rows any more.</summary>
    public int Ended { get; private set; }

    /// <summary>Columns of the batches, with their ids.</summary>
    public Schema Columns => _columns;

    /// <summary>Sorts rows into the files of their partitions; the batch has the table's columns, but for those of lineage, and is borrowed.</summary>
    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        if (batch.Schema.Count == _columns.Count)
        {
            await RouteAsync(batch, cancellation).ConfigureAwait(false);
            return;
        }

        using RecordBatch padded = LineageColumns.Pad(batch, _columns);
        await RouteAsync(padded, cancellation).ConfigureAwait(false);
    }

    /// <summary>Ends all files that are open, and writes what waits on disk. All are published then.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        await EndAllAsync(cancellation).ConfigureAwait(false);
        _complete.AddRange(await _publisher.FinishAsync().ConfigureAwait(false));
    }

    /// <summary>Removes complete files that no commit will name.</summary>
    public async ValueTask DropAsync(CancellationToken cancellation)
    {
        _complete.AddRange(await _publisher.SettleAsync().ConfigureAwait(false));
        await _files.Store.DeleteAllAsync(_complete.Select(f => _files.NameOf(f.Path)), cancellation).ConfigureAwait(false);
        _complete.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        _complete.AddRange(await _publisher.SettleAsync().ConfigureAwait(false));
        foreach (OpenDataFile file in _open.Values)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }

        _open.Clear();
        _spill?.Dispose();
        _spill = null;
        _buffered = 0;
    }

    private async ValueTask EndAllAsync(CancellationToken cancellation)
    {
        foreach (PartitionTuple partition in _open.Keys.ToList())
        {
            await EndAsync(partition, cancellation).ConfigureAwait(false);
        }

        _ended.Clear();
        _isScattered = false;
        if (_spill is null)
        {
            return;
        }

        using PartitionSpill spill = _spill;
        _spill = null;
        foreach (SpillReader group in spill.Read())
        {
            _depth = spill.Depth + 1;
            while (group.Next() is { } rows)
            {
                using (rows)
                {
                    await WriteAsync(rows, cancellation).ConfigureAwait(false);
                }
            }

            await EndAllAsync(cancellation).ConfigureAwait(false);
        }

        _depth = spill.Depth;
    }

    private async ValueTask RouteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        _batches++;
        List<PartitionRows> groups = _router.Split(batch);
        foreach (PartitionRows group in groups)
        {
            if (!await HasRoomAsync(group.Partition, cancellation).ConfigureAwait(false))
            {
                (_spill ??= new PartitionSpill(_columns, _depth)).Add(group.Partition, _router.Order.Slice(group.Start, group.Count));
            }
            else if (groups.Count == 1)
            {
                await WriteAsync(group.Partition, batch, cancellation).ConfigureAwait(false);
            }
            else
            {
                using RecordBatch rows = Take.Rows(batch, _router.Order.Slice(group.Start, group.Count));
                await WriteAsync(group.Partition, rows, cancellation).ConfigureAwait(false);
            }
        }

        _spill?.Write(batch);
    }

    // Whether rows of a partition can be written now.
    private async ValueTask<bool> HasRoomAsync(PartitionTuple partition, CancellationToken cancellation)
    {
        if (_open.ContainsKey(partition) || _open.Count < _limits.OpenFiles)
        {
            return true;
        }

        _isScattered |= _ended.Contains(partition);
        if (_isScattered && _depth < MaxDepth)
        {
            return false;
        }

        (PartitionTuple idle, OpenDataFile file) = _open.MinBy(o => o.Value.LastUsed);
        if (file.LastUsed + IdleBatches > _batches && _depth < MaxDepth)
        {
            return false;
        }

        await EndAsync(idle, cancellation).ConfigureAwait(false);
        _ended.Add(idle);
        return true;
    }

    private async ValueTask WriteAsync(PartitionTuple partition, RecordBatch rows, CancellationToken cancellation)
    {
        if (!_open.TryGetValue(partition, out OpenDataFile? file))
        {
            DataFileWriter writer = await DataFileWriter.CreateAsync(_files, NextPath(partition), _schema, _columns, _options, _modes, _tags, cancellation).ConfigureAwait(false);
            _open.Add(partition, file = new OpenDataFile(writer, _order));
        }

        file.LastUsed = _batches;
        long before = file.Buffered;
        await file.WriteAsync(rows, cancellation).ConfigureAwait(false);
        _buffered += file.Buffered - before;
        if (file.EstimatedBytes >= _limits.Bytes)
        {
            await EndAsync(partition, cancellation).ConfigureAwait(false);
        }
        else if (_buffered > (_order is null ? MaxBuffered : MaxHeld))
        {
            await FreeAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask FreeAsync(CancellationToken cancellation)
    {
        (PartitionTuple partition, OpenDataFile largest) = _open.MaxBy(o => o.Value.Buffered);
        long before = largest.Buffered;
        if (await largest.TryFlushAsync(cancellation).ConfigureAwait(false))
        {
            _buffered += largest.Buffered - before;
        }
        else
        {
            await EndAsync(partition, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask EndAsync(PartitionTuple partition, CancellationToken cancellation)
    {
        OpenDataFile file = _open[partition];
        _buffered -= file.Buffered;
        DataFile complete = await file.EndAsync(partition, _spec.Id, cancellation).ConfigureAwait(false);
        _open.Remove(partition);
        Ended++;
        await _publisher.AddAsync(async () =>
        {
            await using (file.ConfigureAwait(false))
            {
                await file.PublishAsync(cancellation).ConfigureAwait(false);
                return complete;
            }
        }).ConfigureAwait(false);
    }

    private string NextPath(PartitionTuple partition)
    {
        string folder = PartitionPath.Of(_spec, _types, partition);
        string name = string.Create(CultureInfo.InvariantCulture, $"{_prefix}-{_next++:D5}.parquet");
        return _files.PathOf(folder.Length == 0 ? $"data/{name}" : $"data/{folder}/{name}");
    }
}
