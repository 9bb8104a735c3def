using System.Globalization;
using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>What came to a table, and for reads of changes what went, from one snapshot to another. The rows of a snapshot are one unit, so that a target never shows half of one.</summary>
internal sealed class SnapshotPlan : IReadPlan
{
    private readonly SnapshotRange _range;
    private readonly SnapshotSplits _splits;
    private readonly IcebergTable _table;
    private readonly TableSchema _schema;
    private readonly IReadOnlyList<IcebergField> _columns;
    private readonly ChangeSchema? _changes;
    private readonly IcebergOtherSnapshots? _others;
    private readonly TableScan _scan;

    /// <param name="table">The table.</param>
    /// <param name="options">Where to begin and to end.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="path">What the user calls the table.</param>
    public SnapshotPlan(IcebergTable table, IcebergSourceOptions options, ReadRequest request, string path)
    {
        _table = table;
        _schema = table.Metadata.Schema;
        _range = SnapshotRange.Of(table.Metadata, options, request.Since, path);
        _splits = new SnapshotSplits(table, _schema);
        Schema own = TypeMapping.ToColumns(_schema);
        if (request.Mode == ReadMode.Cdc)
        {
            var place = new ErrorPlace { File = path, Stream = path };
            ChangeSchema.RequireFree(own.Fields.Select(f => f.Name), IcebergErrors.SchemaMisfit, place);
            _changes = ChangeSchema.Of(own.Fields, own.Fields.Select(f => f.Name), request.Columns, IcebergErrors.SchemaMisfit, place);
            _columns = [.. _changes.Chosen.Select(i => _schema.Fields[i])];
        }
        else
        {
            _others = options.OtherSnapshots;
            _columns = request.Columns is null ? _schema.Fields : [.. request.Columns.Select(c => IcebergPlan.Find(_schema, c.Name, path))];
        }

        _scan = new TableScan(table.Files, table.Metadata, _schema, _columns) { BatchRows = request.BatchRows };
    }

    public Schema Schema => field ??= DataTags.OfProperties(_table.Metadata.Properties).ApplyTo(_changes?.Schema ?? _scan.Schema);

    public Pushdown Pushdown { get; } = new() { Projection = true };

    public DateTimeOffset? NewestInput => _range.Snapshots.LastOrDefault() is { } last ? Time(last) : null;

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        Snapshot? before = _range.Start;
        foreach (Snapshot snapshot in _range.Snapshots)
        {
            await foreach (SnapshotSplit split in _splits.OfAsync(snapshot, before, _others, cancellation).ConfigureAwait(false))
            {
                yield return split;
            }

            before = snapshot;
        }
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var part = (SnapshotSplit)split;
        if (part.Task is not { } task)
        {
            return NoRows.Instance;
        }

        IBatches rows = part.By is { } by
            ? await DeletedRows.OpenAsync(_table, _schema, _columns, task, by, cancellation).ConfigureAwait(false)
            : new FileRows(await DataFileReader.OpenAsync(_scan, task, 0, -1, errors, cancellation).ConfigureAwait(false));
        var reader = new SnapshotReader(rows, part);
        string position = string.Create(CultureInfo.InvariantCulture, $"{part.Snapshot.SequenceNumber:D19}-{(part.IsRemoved ? 0 : 1)}-{part.Snapshot.Id}");
        return _changes is null ? reader : new LoadReader(reader, _changes, position, Time(part.Snapshot), part.IsRemoved ? ChangeColumns.Deleted : ChangeColumns.Inserted);
    }

    public ValueTask DisposeAsync()
    {
        _scan.Dispose();
        return ValueTask.CompletedTask;
    }

    private static DateTimeOffset Time(Snapshot snapshot) => DateTimeOffset.FromUnixTimeMilliseconds(snapshot.TimestampMs);

    private sealed class SnapshotReader(IBatches rows, SnapshotSplit split) : ISplitReader
    {
        private readonly Position _position = SnapshotPosition.Of(split.Before);
        private long? _bytes = split.Bytes;

        public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
        {
            if (await rows.ReadAsync(cancellation).ConfigureAwait(false) is not { } batch)
            {
                return null;
            }

            long bytes = _bytes ?? 0;
            _bytes = null;
            return new SplitBatch(batch, _position, bytes) { IsPartOfUnit = true, Origin = new ErrorPlace { File = split.Task!.File.Path } };
        }

        public ValueTask DisposeAsync() => rows.DisposeAsync();
    }

    private sealed class FileRows(DataFileReader reader) : IBatches
    {
        public ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation) => reader.ReadAsync(cancellation);

        public ValueTask DisposeAsync() => reader.DisposeAsync();
    }
}
