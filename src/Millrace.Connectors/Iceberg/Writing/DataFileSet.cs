using System.Globalization;
using Millrace.Columnar;
using Millrace.Formats.Parquet;

namespace Millrace.Connectors.Iceberg;

/// <summary>How large data files grow and how many are open.</summary>
/// <param name="Bytes">Size at which a file is ended, about.</param>
/// <param name="OpenFiles">Most partitions that are written at once.</param>
internal sealed record DataFileLimits(long Bytes, int OpenFiles);

/// <summary>
/// The data files of one commit: rows go to the open file of their partition; when too many are open, the one used least recently is
/// ended. What is complete waits for the commit. One thread uses it.
/// </summary>
internal sealed class DataFileSet : IAsyncDisposable
{
    // What all open files together may hold in memory.
    private const long MaxBuffered = 16 << 20;

    private readonly TableFiles _files;
    private readonly TableSchema _schema;
    private readonly PartitionSpec _spec;
    private readonly IReadOnlyList<IcebergPrimitive> _types;
    private readonly Schema _columns;
    private readonly DataFileLimits _limits;
    private readonly ParquetOptions _options;
    private readonly PartitionRouter _router;
    private readonly string _prefix;
    private readonly Dictionary<PartitionTuple, OpenFile> _open = [];
    private readonly List<DataFile> _complete = [];
    private long _clock;
    private long _buffered;
    private int _next;

    /// <param name="table">The table, for schema, spec and properties.</param>
    /// <param name="files">The table's files.</param>
    /// <param name="prefix">Start of the files' names, which no other set has.</param>
    /// <param name="limits">How large they grow.</param>
    public DataFileSet(TableMetadata table, TableFiles files, string prefix, DataFileLimits limits)
    {
        _files = files;
        _schema = table.Schema;
        _spec = table.Spec;
        _types = _spec.TypesIn(_schema);
        _prefix = prefix;
        _limits = limits;
        _columns = TypeMapping.ToColumns(_schema);
        _router = new PartitionRouter(_spec, _schema);
        _options = new ParquetOptions
        {
            Compression = ParquetCompression.Zstd,
            Metadata = new Dictionary<string, string> { ["iceberg.schema"] = SchemaJson.ToText(_schema) },
        };
    }

    public IReadOnlyList<DataFile> Complete => _complete;

    /// <summary>Columns of the batches, with their ids.</summary>
    public Schema Columns => _columns;

    /// <summary>Sorts rows into the files of their partitions; the batch has the table's columns and is borrowed.</summary>
    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        List<PartitionRows> groups = _router.Split(batch);
        if (groups.Count == 1)
        {
            await WriteAsync(groups[0].Partition, batch, cancellation).ConfigureAwait(false);
            return;
        }

        foreach (PartitionRows group in groups)
        {
            using RecordBatch rows = Take.Rows(batch, _router.Order.Slice(group.Start, group.Count));
            await WriteAsync(group.Partition, rows, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Ends all files that are open.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        foreach (PartitionTuple partition in _open.Keys.ToList())
        {
            await FinishAsync(partition, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Removes complete files that no commit will name.</summary>
    public async ValueTask DropAsync(CancellationToken cancellation)
    {
        await _files.Store.DeleteAllAsync(_complete.Select(f => _files.NameOf(f.Path)), cancellation).ConfigureAwait(false);
        _complete.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (OpenFile file in _open.Values)
        {
            await file.Writer.DisposeAsync().ConfigureAwait(false);
        }

        _open.Clear();
        _buffered = 0;
    }

    private async ValueTask WriteAsync(PartitionTuple partition, RecordBatch rows, CancellationToken cancellation)
    {
        if (!_open.TryGetValue(partition, out OpenFile? file))
        {
            if (_open.Count >= _limits.OpenFiles)
            {
                await FinishAsync(_open.MinBy(o => o.Value.LastUsed).Key, cancellation).ConfigureAwait(false);
            }

            _open.Add(partition, file = new OpenFile(await DataFileWriter.CreateAsync(_files, NextPath(partition), _schema, _columns, _options, cancellation).ConfigureAwait(false)));
        }

        file.LastUsed = ++_clock;
        await file.Writer.WriteAsync(rows, cancellation).ConfigureAwait(false);
        Track(file);
        if (file.Writer.EstimatedBytes >= _limits.Bytes)
        {
            await FinishAsync(partition, cancellation).ConfigureAwait(false);
        }
        else if (_buffered > MaxBuffered)
        {
            OpenFile largest = _open.Values.MaxBy(o => o.Buffered)!;
            await largest.Writer.FlushAsync(cancellation).ConfigureAwait(false);
            Track(largest);
        }
    }

    private void Track(OpenFile file)
    {
        _buffered += file.Writer.BufferedBytes - file.Buffered;
        file.Buffered = file.Writer.BufferedBytes;
    }

    private async ValueTask FinishAsync(PartitionTuple partition, CancellationToken cancellation)
    {
        OpenFile file = _open[partition];
        _complete.Add(await file.Writer.FinishAsync(partition, _spec.Id, sortOrderId: 0, cancellation).ConfigureAwait(false));
        _open.Remove(partition);
        _buffered -= file.Buffered;
        await file.Writer.DisposeAsync().ConfigureAwait(false);
    }

    private string NextPath(PartitionTuple partition)
    {
        string folder = PartitionPath.Of(_spec, _types, partition);
        string name = string.Create(CultureInfo.InvariantCulture, $"{_prefix}-{_next++:D5}.parquet");
        return _files.PathOf(folder.Length == 0 ? $"data/{name}" : $"data/{folder}/{name}");
    }

    private sealed class OpenFile(DataFileWriter writer)
    {
        public DataFileWriter Writer => writer;

        public long LastUsed { get; set; }

        /// <summary>What the file held in memory after the last rows.</summary>
        public long Buffered { get; set; }
    }
}
