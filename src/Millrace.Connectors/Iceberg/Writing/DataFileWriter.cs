using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Formats.Parquet;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>One data file that is being written. Disposing it before <see cref="PublishAsync"/> leaves no trace. One thread uses it.</summary>
internal sealed class DataFileWriter : IAsyncDisposable
{
    private readonly string _path;
    private readonly IStagedObject _staged;
    private readonly StagedTarget _target;
    private readonly ParquetWriter _writer;
    private readonly TableSchema _schema;
    private readonly MetricsModes _modes;
    private readonly NanCounter _nans;
    private bool _hasEnded;

    private DataFileWriter(string path, IStagedObject staged, TableSchema schema, Schema columns, ParquetOptions options, MetricsModes modes)
    {
        _modes = modes;
        _path = path;
        _staged = staged;
        _schema = schema;
        _target = new StagedTarget(staged, path);
        _writer = new ParquetWriter(_target, columns, options);
        _nans = new NanCounter(schema);
    }

    public long Rows => _writer.Rows;

    public long EstimatedBytes => _writer.EstimatedBytes;

    public long BufferedBytes => _writer.BufferedBytes;

    /// <param name="files">The table's files.</param>
    /// <param name="path">Path of the file.</param>
    /// <param name="schema">The schema, whose columns the batches have.</param>
    /// <param name="columns">The same as columns, with their ids.</param>
    /// <param name="options">How to write.</param>
    /// <param name="modes">How much of each column goes into manifests.</param>
    /// <param name="tags">What the object says of itself.</param>
    /// <param name="cancellation">Stops the call.</param>
    public static async ValueTask<DataFileWriter> CreateAsync(
        TableFiles files, string path, TableSchema schema, Schema columns, ParquetOptions options, MetricsModes modes, IReadOnlyList<KeyValuePair<string, string>> tags, CancellationToken cancellation)
        => new(path, await files.StageAsync(path, tags, cancellation).ConfigureAwait(false), schema, columns, options, modes);

    /// <summary>Appends rows; the batch is borrowed.</summary>
    public ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        _nans.Add(batch);
        return _writer.WriteAsync(batch, cancellation);
    }

    /// <summary>Writes what waits in memory.</summary>
    public ValueTask FlushAsync(CancellationToken cancellation) => _writer.FlushAsync(cancellation);

    /// <summary>Ends the file, which is to be published then. It belongs to the table once a commit names it.</summary>
    public async ValueTask<DataFile> EndAsync(PartitionTuple partition, int specId, int? sortOrderId, CancellationToken cancellation)
    {
        await _writer.FinishAsync(cancellation).ConfigureAwait(false);
        FileMetadata footer = _writer.Footer!;
        var file = new DataFile
        {
            Path = _path,
            Partition = partition,
            SpecId = specId,
            Rows = _writer.Rows,
            Bytes = _staged.Position,
            Metrics = ParquetMetrics.Of(footer, _schema, _nans.Counts, _modes),
            SplitOffsets = [.. footer.RowGroups.Select(g => g.Columns[0].Metadata!).Select(c => c.DictionaryPageOffset ?? c.DataPageOffset)],
            SortOrderId = sortOrderId,
        };
        _hasEnded = true;
        await _writer.DisposeAsync().ConfigureAwait(false);
        return file;
    }

    /// <summary>Gives the file that has ended its name, durably.</summary>
    public async ValueTask PublishAsync(CancellationToken cancellation) => await _staged.PublishAsync(PutCondition.IfAbsent, cancellation).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        if (!_hasEnded)
        {
            _target.IsAbandoned = true;
            await _writer.DisposeAsync().ConfigureAwait(false);
        }

        await _staged.DisposeAsync().ConfigureAwait(false);
    }
}
