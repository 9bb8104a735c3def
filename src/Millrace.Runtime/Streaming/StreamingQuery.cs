using System.Security.Cryptography;
using System.Text;
using Millrace.Runtime.Sql;
using Millrace.Sdk;
using Millrace.Sql.Binding;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime.Streaming;

/// <summary>A query that runs on, before anything is opened: what a pipeline has in its middle. Immutable.</summary>
internal sealed record StreamingQuery
{
    private const int StatementBytes = 16;

    /// <summary>Where it was entered: its settings and functions.</summary>
    public required SqlSession Session { get; init; }

    /// <summary>What its names meant when it was entered.</summary>
    public required SqlObjects Objects { get; init; }

    public required QuerySyntax Query { get; init; }

    /// <summary>The zone when it was entered.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    public StreamSettings Settings { get; init; } = new();

    /// <summary>How changes are written; null for what fits.</summary>
    public ChangelogMode? Changelog { get; init; }

    /// <summary>Columns that tell rows of the result apart, as the user says; empty for those that follow from the query.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>What its rows are put into, if that has a say in their columns.</summary>
    public InsertTarget? Target { get; init; }

    /// <summary>Gets late rows; null for dead letters.</summary>
    public LateTarget? Late { get; init; }

    /// <summary>What becomes of stages whose saved state no longer fits.</summary>
    public ChangedState OnChange { get; init; }

    /// <summary>Tells statements apart: a hash of the query and of all views that there are, whatever the layout of their text.</summary>
    public string Statement()
    {
        var text = new StringBuilder(SqlPrinter.Print(Query));
        foreach (SqlObject view in Objects.All.Where(o => o.View is not null))
        {
            text.Append('\n').Append(view.Name).Append(' ').Append(SqlPrinter.Print(view.View!));
        }

        if (!TimeZone.Equals(TimeZoneInfo.Utc))
        {
            text.Append('\n').Append(TimeZone.Id);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, StatementBytes));
    }

    /// <summary>Finds its tables and plans it. The caller disposes the result.</summary>
    /// <param name="context">What the connectors of its tables know of the job.</param>
    /// <param name="widened">Types that turned out to be needed.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask<BoundStream> BindAsync(ConnectorContext context, WidenedTypes widened, CancellationToken cancellation)
    {
        var catalog = new SqlCatalog(Session, FailOnRowError.Instance, widened) { Objects = Objects, TimeZone = TimeZone };
        try
        {
            BoundQuery bound = await QueryBinder.BindAsync(Query, catalog, Session.Functions, cancellation, Target).ConfigureAwait(false);
            StreamPlan plan = await StreamPlanner.PlanAsync(bound, Session.Functions, Settings, cancellation).ConfigureAwait(false);
            var tables = new List<StreamTable>();
            foreach (StreamInput input in plan.Inputs)
            {
                tables.Add(StreamTable.Of(input, tables, context));
            }

            return new BoundStream(plan, tables, ChangelogEncoder.Of(plan, Changelog, Key, !Settings.EmitsEveryRecord), catalog) { Late = Late is null ? null : LateColumns.Of(plan, Late) };
        }
        catch
        {
            await catalog.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}

/// <summary>What becomes of a stage whose saved state no longer fits the query.</summary>
public enum ChangedState
{
    /// <summary>The run does not start.</summary>
    Refuse,

    /// <summary>The stage begins with nothing, and knows only what comes from now on.</summary>
    Rebuild,

    /// <summary>
    /// The stage keeps what it has where only the steps before it changed, which is made of the rows that the old ones let through.
    /// Where it means something else the run does not start.
    /// </summary>
    Keep,
}

/// <summary>A query with its tables at hand. It owns their sources.</summary>
/// <param name="Plan">How it is answered.</param>
/// <param name="Tables">Its tables, by the number of their input.</param>
/// <param name="Encoder">Makes rows of the target.</param>
/// <param name="Catalog">Opened the tables.</param>
internal sealed record BoundStream(StreamPlan Plan, IReadOnlyList<StreamTable> Tables, ChangelogEncoder Encoder, SqlCatalog Catalog) : IAsyncDisposable
{
    /// <summary>Makes rows of the table of late rows; null where there is none.</summary>
    public LateColumns? Late { get; init; }

    public async ValueTask DisposeAsync()
    {
        foreach (StreamTable table in Tables)
        {
            await table.DisposeAsync().ConfigureAwait(false);
        }

        await Catalog.DisposeAsync().ConfigureAwait(false);
    }
}
