using Millrace.Runtime.Sql;
using Millrace.Sdk;

namespace Millrace.Runtime.Streaming;

/// <summary>
/// The tables of a query as one source, whose plans hold the splits of all of them and whose checkpoints hold the positions of
/// all of them. One attempt uses it.
/// </summary>
/// <param name="query">The query.</param>
/// <param name="context">What connectors know of the job.</param>
internal sealed class StreamSource(StreamingQuery query, ConnectorContext context) : ISource
{
    private readonly WidenedTypes _widened = new();
    private volatile bool _isStale;

    /// <summary>The query with its tables; null before the first plan, and after a column turned out to need another type.</summary>
    public BoundStream? Bound { get; private set; }

    public StreamingQuery Query => query;

    /// <summary>As far as it is known: the tables are found with the first plan, or by a check.</summary>
    public bool CanReplay => Bound is null || Bound.Tables.All(t => t.Source.CanReplay);

    /// <summary>Of the table that is furthest behind.</summary>
    public SourceLag? Lag
    {
        get
        {
            SourceLag[] lags = [.. (Bound?.Tables ?? []).Select(t => t.Source.Lag).OfType<SourceLag>()];
            return lags.Length == 0 ? null : new SourceLag(lags.Max(l => l.Time), lags.Max(l => l.Bytes));
        }
    }

    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        var findings = new List<CheckFinding>();
        await BindAsync(cancellation).ConfigureAwait(false);
        foreach (StreamTable table in Bound!.Tables)
        {
            findings.AddRange((await table.Source.CheckAsync(cancellation).ConfigureAwait(false)).Findings);
            findings.AddRange((await table.Source.CheckReadAsync(table.Request(new ReadRequest()), cancellation).ConfigureAwait(false)).Findings);
        }

        return CheckReport.Of([.. findings]);
    }

    public async IAsyncEnumerable<StreamDescription> DiscoverAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await BindAsync(cancellation).ConfigureAwait(false);
        yield return new StreamDescription { Name = "query", Schema = Bound!.Encoder.Schema };
    }

    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
    {
        await BindAsync(cancellation).ConfigureAwait(false);
        var plans = new List<(StreamTable Table, IReadPlan Plan)>();
        try
        {
            foreach (StreamTable table in Bound!.Tables)
            {
                plans.Add((table, table.IsFinished ? FinishedPlan.Instance : await table.Source.PlanAsync(table.Request(request), cancellation).ConfigureAwait(false)));
            }

            return await TablesPlan.OpenAsync(Bound, plans, ForgetBound, cancellation).ConfigureAwait(false);
        }
        catch
        {
            foreach ((_, IReadPlan plan) in plans)
            {
                await plan.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    public async ValueTask ChangedAsync(CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] changes = [.. Bound?.Tables.Where(t => t.IsUnbounded).Select(t => t.Source.ChangedAsync(over.Token).AsTask()) ?? []];
        if (changes.Length == 0)
        {
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        Task first = await Task.WhenAny(changes).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(changes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (first.IsFaulted ? first : Array.Find(changes, c => c.IsFaulted) ?? Task.CompletedTask).ConfigureAwait(false);
    }

    public async ValueTask AcknowledgeAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        foreach (StreamTable table in Bound?.Tables ?? [])
        {
            await table.Source.AcknowledgeAsync(table.Since(checkpoint)!, cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Bound is { } bound)
        {
            Bound = null;
            await bound.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The query with its tables, of which nothing is read.</summary>
    public async ValueTask<BoundStream> OpenAsync(CancellationToken cancellation)
    {
        await BindAsync(cancellation).ConfigureAwait(false);
        return Bound!;
    }

    private async ValueTask BindAsync(CancellationToken cancellation)
    {
        if (_isStale)
        {
            _isStale = false;
            await DisposeAsync().ConfigureAwait(false);
        }

        Bound ??= await query.BindAsync(context, _widened, cancellation).ConfigureAwait(false);
    }

    // A lane calls; the query is bound anew when the loop plans again.
    private void ForgetBound(StreamTable table, Formats.SchemaWideningException e)
    {
        table.Widen(e);
        _isStale = true;
    }
}
