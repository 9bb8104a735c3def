using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>A snapshot as splits: files, cut at their row groups where no row in them is deleted by its number.</summary>
internal sealed class IcebergPlan : IReadPlan
{
    private readonly IcebergTable _table;
    private readonly SnapshotChoice _choice;
    private readonly ReadRequest _request;
    private readonly TableScan _scan;

    /// <param name="table">The table.</param>
    /// <param name="choice">What is read of it.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="path">What the user calls the table.</param>
    public IcebergPlan(IcebergTable table, SnapshotChoice choice, ReadRequest request, string path)
    {
        _table = table;
        _choice = choice;
        _request = request;
        IReadOnlyList<IcebergField> columns = request.Columns is null ? choice.Schema.Fields : [.. request.Columns.Select(c => Find(choice.Schema, c.Name, path))];
        _scan = new TableScan(table.Files, table.Metadata, choice.Schema, columns) { Predicates = request.Predicates, BatchRows = request.BatchRows };
    }

    public Schema Schema => field ??= DataTags.OfProperties(_table.Metadata.Properties).ApplyTo(_scan.Schema);

    public Pushdown Pushdown { get; } = new() { Projection = true };

    public long? Rows => _request.Predicates.Count == 0 && !IcebergSource.HasDeletes(_choice.Snapshot) ? IcebergSource.RowsOf(_choice.Snapshot) : null;

    public DateTimeOffset? NewestInput => _choice.Snapshot is { } snapshot ? DateTimeOffset.FromUnixTimeMilliseconds(snapshot.TimestampMs) : null;

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (_choice.Snapshot is not { } snapshot)
        {
            yield break;
        }

        var planner = new ScanPlanner(_table.Files, _table.Metadata, snapshot, _choice.Schema, _request.Predicates);
        await foreach (ScanTask task in planner.PlanAsync(cancellation).ConfigureAwait(false))
        {
            foreach (FileSplit split in Cut(task))
            {
                if (_request.Since?.Splits.GetValueOrDefault(split.Key)?.Done != true)
                {
                    yield return split;
                }
            }
        }
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var part = (FileSplit)split;
        DataFileReader reader = await DataFileReader.OpenAsync(_scan, part.Task, part.Start, part.End, errors, cancellation).ConfigureAwait(false);
        return new SplitReader(reader, part, from?.Value["row"] is JsonValue value && value.TryGetValue(out long row) ? row : 0);
    }

    public ValueTask DisposeAsync()
    {
        _scan.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static IcebergField Find(TableSchema schema, string name, string path)
    {
        int index = TypeMapping.ToColumns(schema).IndexOf(name);
        return index >= 0 ? schema.Fields[index] : throw IcebergErrors.SchemaMisfit.Error(
            $"The table has no column '{name}'{NearestName.Suggest(name, schema.Fields.Select(f => f.Name))}.", new ErrorPlace { File = path, Field = name }, "See the columns with `millrace discover`.");
    }

    // A range has every row group that begins in it, so cuts may fall anywhere; at the row groups' own places they are even.
    private IEnumerable<FileSplit> Cut(ScanTask task)
    {
        IReadOnlyList<long> offsets = task.File.SplitOffsets;
        bool isAscending = offsets.Zip(offsets.Skip(1)).All(p => p.First < p.Second) && offsets.All(o => o > 0 && o < task.File.Bytes);
        if (task.DeletesByPosition || _scan.CountsRows || offsets.Count < 2 || !isAscending)
        {
            yield return Make(task, 0, -1, task.File.Bytes);
            yield break;
        }

        long start = 0;
        foreach (long offset in offsets.Skip(1))
        {
            if (offset - start >= _request.SplitBytes)
            {
                yield return Make(task, start, offset, offset - start);
                start = offset;
            }
        }

        yield return Make(task, start, task.File.Bytes, task.File.Bytes - start);
    }

    private FileSplit Make(ScanTask task, long start, long end, long bytes)
        => new() { Id = string.Create(CultureInfo.InvariantCulture, $"{_table.Files.NameOf(task.File.Path)}#{start}"), Task = task, Start = start, End = end, Bytes = bytes };

    private sealed record FileSplit : Split
    {
        public required ScanTask Task { get; init; }

        public required long Start { get; init; }

        public required long End { get; init; }
    }

    private sealed class SplitReader(DataFileReader reader, FileSplit split, long skip) : ISplitReader
    {
        private long _row;
        private long _bytes;

        public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
        {
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } batch)
            {
                long first = _row;
                _row += batch.Length;
                if (_row <= skip)
                {
                    batch.Dispose();
                    continue;
                }

                if (first < skip)
                {
                    using RecordBatch whole = batch;
                    batch = whole.Slice((int)(skip - first), (int)(_row - skip));
                }

                // The bytes of the file are told with the first batch; only their sum counts.
                long bytes = _bytes == 0 ? split.Bytes ?? 0 : 0;
                _bytes += bytes;
                return new SplitBatch(batch, new Position(new JsonObject { ["row"] = _row }), bytes) { Origin = new ErrorPlace { File = split.Task.File.Path, Row = _row - batch.Length } };
            }

            return null;
        }

        public ValueTask DisposeAsync() => reader.DisposeAsync();
    }
}
