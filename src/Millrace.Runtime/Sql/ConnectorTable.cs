using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;
using Millrace.Sql.Catalog;

namespace Millrace.Runtime.Sql;

/// <summary>A stream of a connector as a table of the SQL engine. It owns the source it reads.</summary>
public sealed class ConnectorTable : ISqlTable, IAsyncDisposable
{
    private readonly ISource _source;
    private readonly TableInput _input;

    // Columns that the source gives in their types: only they can be compared with constants there.
    private readonly HashSet<string> _comparable;

    private ConnectorTable(TableInput input, ISource source, Schema schema, Schema offered, long? rows)
    {
        _input = input;
        _source = source;
        Schema = schema;
        RowEstimate = rows;
        _comparable = [.. schema.Fields.Where(f => offered.IndexOf(f.Name) is var i and >= 0 && offered[i].Name == f.Name && offered[i].Type.Equals(f.Type)).Select(f => f.Name)];
    }

    public string Name => _input.Name;

    public Schema Schema { get; }

    public long? RowEstimate { get; }

    public bool IsUnbounded => _input.Follows;

    public TableWatermark? Watermark => _input.Watermark;

    public IReadOnlyList<string> Key => _input.Key;

    public bool KeepsLatest => _input.KeepsLatest;

    public string? VersionColumn => _input.VersionColumn;

    /// <summary>Finds out the schema.</summary>
    /// <param name="input">What is read, and how.</param>
    /// <param name="cancellation">Stops the opening.</param>
    /// <returns>The table, which the caller disposes when the statement has ended.</returns>
    public static async ValueTask<ConnectorTable> OpenAsync(TableInput input, CancellationToken cancellation)
    {
        ISource source = input.Endpoint.Connector.OpenSource(input.Endpoint.Options, input.Context);
        try
        {
            IReadPlan plan = await source.PlanAsync(input.Request(input.Columns), cancellation).ConfigureAwait(false);
            await using (plan.ConfigureAwait(false))
            {
                if (plan.IsEmpty)
                {
                    Schema declared = input.DeclaredSchema ?? throw SqlErrors.BadDefinition.Error($"There is nothing to read in '{input.Name}' yet, so its columns are not known.", null, $"Declare them: CREATE STREAM {input.Name} (column type, …) WITH (…).");
                    return new ConnectorTable(input, source, declared, Schema.Empty, null);
                }

                return new ConnectorTable(input, source, new RowShaper(plan.Schema, input.Columns, input.Name).Schema, plan.Schema, plan.Rows);
            }
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask<ITableScan> ScanAsync(TableRequest request, CancellationToken cancellation)
    {
        // A format has to decode something to know how many rows there are; its first column is as good as any.
        bool countsOnly = request.Columns.Count == 0 && Schema.Count > 0;
        IReadOnlyList<string> columns = countsOnly ? [NarrowestColumn()] : request.Columns;
        ColumnPlan? chosen = _input.Choose(columns);
        ColumnPredicate[] predicates = [.. request.Predicates.Where(p => _comparable.Contains(p.Column))];
        IReadPlan plan = await _source.PlanAsync(_input.Request(chosen) with { Predicates = predicates, Limit = request.Limit, KeepsDictionaries = request.KeepsDictionaries }, cancellation).ConfigureAwait(false);
        return new ConnectorScan(plan, chosen, _input, countsOnly) { AppliesPredicates = plan.Pushdown.Predicates && predicates.Length == request.Predicates.Count };
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>What is read, and how.</summary>
    internal TableInput Input => _input;

    /// <summary>The column that costs least, for whoever only counts rows.</summary>
    internal string NarrowestColumn()
        => Schema.Fields.OrderBy(f => f.Type.Layout switch { TypeLayout.Bit => 0, TypeLayout.Fixed => f.Type.ByteWidth, TypeLayout.Dictionary => 32, TypeLayout.VarBinary => 64, _ => 128 }).First().Name;
}

/// <summary>What a table is read from, and how.</summary>
public sealed record TableInput
{
    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    public required Endpoint Endpoint { get; init; }

    public required ConnectorContext Context { get; init; }

    public string? Stream { get; init; }

    /// <summary>The columns that the statement declares, with the types it wants; null for those the stream has.</summary>
    public ColumnPlan? Columns { get; init; }

    /// <summary>Whether reading never ends: what comes later is read too.</summary>
    public bool Follows { get; init; }

    /// <summary>How often it is asked for more.</summary>
    public TimeSpan? Poll { get; init; }

    /// <summary>How far its event time is complete when a row was read; null for nothing known.</summary>
    public TableWatermark? Watermark { get; init; }

    /// <summary>After this time without rows a part of it does not hold the watermark back; null for the default.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Columns of the primary key.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>Whether of the rows of a <see cref="Key"/> only the latest counts.</summary>
    public bool KeepsLatest { get; init; }

    /// <summary>The column whose greatest value makes a row the latest; null for the order in which rows come.</summary>
    public string? VersionColumn { get; init; }

    /// <summary>Gets the rows that cannot be decoded or converted.</summary>
    public required IRowErrorHandler Errors { get; init; }

    /// <summary>Types that turned out to be needed.</summary>
    public required WidenedTypes Widened { get; init; }

    /// <summary>The plan for some of the table's columns; null for all.</summary>
    internal ColumnPlan? Choose(IReadOnlyList<string>? names) => (names, Columns) switch
    {
        (null, _) => Columns,
        (_, null) => new ColumnPlan([.. names.Select(n => new OutputColumn(n, n, null, false))]),
        _ => new ColumnPlan([.. names.Select(n => Columns.Outputs.First(o => o.Name == n))]),
    };

    /// <summary>Its columns as declared; null where a type is left to what there is.</summary>
    internal Schema? DeclaredSchema => Columns is not null && Columns.Outputs.All(c => c.Type is not null) ? new Schema(Columns.Outputs.Select(c => new Field(c.Name, c.Type!, !c.Required))) : null;

    internal ReadRequest Request(ColumnPlan? columns) => new() { Stream = Stream, Follows = Follows, Widened = Widened.Of(Name), Columns = columns?.Requests(), Declared = Columns?.Requests() };

    internal Exception Explain(SchemaWideningException e) => Widened.Add(Name, e) ? new InputWidenedException(e) : e;
}
