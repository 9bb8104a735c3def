using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Runtime.Streaming;

/// <summary>Plans of several tables as one: their splits are dealt in turn, so that no table runs far ahead of the others.</summary>
internal sealed class TablesPlan : IReadPlan
{
    // Splits of a table that are looked up before any is read; a table without end has always more.
    private const int MostAnnounced = 4096;

    private readonly IReadOnlyList<Part> _parts;
    private readonly Action<StreamTable, SchemaWideningException> _widened;

    private TablesPlan(Schema schema, IReadOnlyList<Part> parts, Action<StreamTable, SchemaWideningException> widened)
    {
        (Schema, _parts, _widened) = (schema, parts, widened);
    }

    /// <summary>Columns of the target. Batches have those of their own table.</summary>
    public Schema Schema { get; }

    public bool IsEmpty => _parts.Count > 0 && _parts.All(p => p.Plan.IsEmpty);

    public string? Awaited => _parts.Select(p => p.Plan.Awaited).OfType<string>().ToArray() is [_, ..] awaited ? string.Join(", ", awaited) : null;

    public Pushdown Pushdown { get; } = new();

    public long? Bytes => Sum(p => p.Bytes);

    public long? Rows => Sum(p => p.Rows);

    public DateTimeOffset? NewestInput => _parts.Max(p => p.Plan.NewestInput);

    public IReadOnlyCollection<string> Forgotten => [.. _parts.SelectMany(p => p.Plan.Forgotten.Select(k => p.Table.Prefix + k))];

    /// <summary>Splits that are known before the first is read.</summary>
    public IEnumerable<TableSplit> Announced => _parts.SelectMany(p => p.Known);

    /// <summary>Makes one of the plans of the tables, which it takes over if all goes well.</summary>
    /// <param name="bound">The query.</param>
    /// <param name="plans">A plan for each table.</param>
    /// <param name="widened">Told, by any thread, that a column of a table needs a wider type.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<TablesPlan> OpenAsync(
        BoundStream bound,
        IReadOnlyList<(StreamTable Table, IReadPlan Plan)> plans,
        Action<StreamTable, SchemaWideningException> widened,
        CancellationToken cancellation)
    {
        var parts = new List<Part>();
        try
        {
            foreach ((StreamTable table, IReadPlan plan) in plans)
            {
                var part = new Part(table, plan);
                parts.Add(part);
                await part.LookAheadAsync(cancellation).ConfigureAwait(false);
            }

            return new TablesPlan(bound.Encoder.Schema, parts, widened);
        }
        catch
        {
            foreach (Part part in parts)
            {
                await part.EndAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var left = new List<Part>(_parts);
        while (left.Count > 0)
        {
            for (int i = 0; i < left.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (await left[i].NextAsync().ConfigureAwait(false) is { } split)
                {
                    yield return split;
                }
                else
                {
                    left.RemoveAt(i--);
                }
            }
        }
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var own = (TableSplit)split;
        Part part = _parts[own.Table.Number];
        errors = new TableErrors(own.Table.Name, errors);
        try
        {
            return new Reader(this, part, await part.Plan.OpenAsync(own.Inner, from, errors, cancellation).ConfigureAwait(false), errors);
        }
        catch (SchemaWideningException e)
        {
            _widened(part.Table, e);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Part part in _parts)
        {
            await part.EndAsync().ConfigureAwait(false);
            await part.Plan.DisposeAsync().ConfigureAwait(false);
        }
    }

    private long? Sum(Func<IReadPlan, long?> figure) => _parts.Aggregate((long?)0, (sum, p) => p.Plan.IsEmpty ? sum : sum + figure(p.Plan));

    // A bad row says which table it is of.
    private sealed class TableErrors(string table, IRowErrorHandler inner) : IRowErrorHandler
    {
        public void OnRowError(RowError error) => inner.OnRowError(error.Place.Stream is null ? error with { Place = error.Place with { Stream = table } } : error);
    }

    private sealed class Part(StreamTable table, IReadPlan plan)
    {
        private readonly Queue<TableSplit> _ahead = new();
        private IAsyncEnumerator<Split>? _rest;
        private RowShaper? _shaper;

        public StreamTable Table => table;

        public IReadPlan Plan => plan;

        public IReadOnlyCollection<TableSplit> Known => _ahead;

        // A plan that is empty has no columns yet.
        public RowShaper Shaper => _shaper!;

        public async ValueTask LookAheadAsync(CancellationToken cancellation)
        {
            if (plan.IsEmpty)
            {
                return;
            }

            _shaper = table.Shaper(plan);
            _rest = plan.SplitsAsync(cancellation).GetAsyncEnumerator(CancellationToken.None);
            while (_ahead.Count < MostAnnounced && await MoveAsync().ConfigureAwait(false) is { } split)
            {
                _ahead.Enqueue(split);
            }
        }

        public async ValueTask<TableSplit?> NextAsync() => _ahead.TryDequeue(out TableSplit? next) ? next : await MoveAsync().ConfigureAwait(false);

        public async ValueTask EndAsync()
        {
            if (_rest is { } rest)
            {
                _rest = null;
                await rest.DisposeAsync().ConfigureAwait(false);
            }
        }

        private async ValueTask<TableSplit?> MoveAsync()
        {
            if (_rest is { } rest && await rest.MoveNextAsync().ConfigureAwait(false))
            {
                return TableSplit.Of(table, rest.Current);
            }

            await EndAsync().ConfigureAwait(false);
            return null;
        }
    }

    private sealed class Reader(TablesPlan plan, Part part, ISplitReader inner, IRowErrorHandler errors) : ISplitReader
    {
        public MillraceException? BrokenOff => inner.BrokenOff;

        public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
        {
            try
            {
                while (await inner.ReadAsync(cancellation).ConfigureAwait(false) is { } next)
                {
                    BatchOrigin? origin = next.Origin;
                    if (part.Shaper.Shape(next.Batch, errors, ref origin) is { } shaped)
                    {
                        return next with { Batch = shaped, Origin = origin };
                    }
                }

                return null;
            }
            catch (SchemaWideningException e)
            {
                plan._widened(part.Table, e);
                throw;
            }
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
