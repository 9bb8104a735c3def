using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Datagen;

/// <summary>
/// A table cut into ranges of rows. They share one key, so that a checkpoint holds one position however long the table is: the
/// number of rows that were read.
/// </summary>
internal sealed class DatagenPlan : IReadPlan
{
    private const string Key = "rows";

    // Bytes of a batch, at most, where rows are long.
    private const long BatchBytes = 4 << 20;

    private readonly ColumnGenerator[] _generators;
    private readonly long _first;
    private readonly long _end;
    private readonly long _splitRows;
    private readonly int _batchRows;
    private readonly bool _isEndless;
    private readonly Pace? _pace;

    /// <param name="schema">The wanted columns.</param>
    /// <param name="generators">What fills each of them; the plan takes them over.</param>
    /// <param name="options">Rows and more.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="pace">How fast rows come; null for as fast as they are made.</param>
    public DatagenPlan(Schema schema, ColumnGenerator[] generators, DatagenOptions options, ReadRequest request, Pace? pace)
    {
        Schema = schema;
        _generators = generators;
        _pace = pace;
        _first = RowOf(request.Since?.Splits.GetValueOrDefault(Key)?.Position) ?? 0;
        long rows = options.Rows ?? DatagenOptions.MaxRows;
        _end = Math.Max(_first, Math.Min(rows, request.Limit < rows - _first ? _first + request.Limit : rows));
        _isEndless = options.Rows is null && request.Limit == long.MaxValue && !request.Follows;
        long rowBytes = Math.Max(1, generators.Sum(g => g.RowBytes));
        long batchRows = Math.Clamp(BatchBytes / rowBytes, 1, Math.Max(1, request.BatchRows));
        _batchRows = (int)(pace?.BatchRows(batchRows) ?? batchRows);
        _splitRows = Math.Max(_batchRows, request.SplitBytes / rowBytes);
    }

    public Schema Schema { get; }

    public Pushdown Pushdown { get; } = new() { Projection = true, Limit = true };

    public long? Rows => _end - _first is var left && left < DatagenOptions.MaxRows / 2 ? left : null;

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        if (_isEndless)
        {
            throw DatagenErrors.Endless.Error("The table has no `rows`, so it never ends, and all of it is wanted.");
        }

        if (_first == _end)
        {
            yield break;
        }

        // Ranges start at multiples of their length, wherever the read goes on.
        for (long start = _first - (_first % _splitRows); start < _end; start += _splitRows)
        {
            cancellation.ThrowIfCancellationRequested();
            long end = Math.Min(start + _splitRows, _end);
            yield return new RowRange
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{start}-{end}"),
                Key = Key,
                EndsKey = end == _end,
                Start = start,
                End = end,
            };
        }
    }

    public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var range = (RowRange)split;
        long start = RowOf(from) is { } row && row >= range.Start && row <= range.End ? row : range.Start;
        return new(new DatagenReader(this, start, range.End));
    }

    public ValueTask DisposeAsync()
    {
        foreach (ColumnGenerator generator in _generators)
        {
            generator.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The next rows before a row, or null when there are none.</summary>
    internal async ValueTask<SplitBatch?> ReadAsync(long row, long end, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int count = (int)Math.Min(_batchRows, end - row);
        if (count <= 0)
        {
            return null;
        }

        if (_pace is not null)
        {
            await _pace.WaitAsync(_first, row + count, cancellation).ConfigureAwait(false);
        }

        return new SplitBatch(Build(row, count), new Position(new JsonObject { [Key] = row + count }));
    }

    private RecordBatch Build(long row, int count)
    {
        var columns = new Column[_generators.Length];
        try
        {
            for (int i = 0; i < columns.Length; i++)
            {
                columns[i] = _generators[i].Build(row, count);
            }

            return new RecordBatch(Schema, count, columns);
        }
        catch
        {
            foreach (Column? column in columns)
            {
                column?.Dispose();
            }

            throw;
        }
    }

    private static long? RowOf(Position? position)
        => position?.Value[Key] is JsonValue value && value.TryGetValue(out long row) && row is >= 0 and <= DatagenOptions.MaxRows ? row : null;

    private sealed record RowRange : Split
    {
        public required long Start { get; init; }

        public required long End { get; init; }
    }
}
