using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Datagen;

/// <summary>One generated table.</summary>
internal sealed class DatagenSource(DatagenOptions options, ConnectorContext context) : ISource
{
    private readonly FieldSet _fields = FieldSet.Bind(options.Fields);
    private readonly Pace? _pace = options.Rate is { } rate ? new Pace(rate, context.Time) : null;

    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        const string subject = "generate rows";
        try
        {
            await using var plan = Plan(new ReadRequest(), mayBeUndeclared: true);
            return CheckReport.Of(CheckFinding.Pass(subject, $"{options.Rows?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "endless"} rows, {plan?.Schema.Count ?? 0} columns"));
        }
        catch (MillraceException e)
        {
            return CheckReport.Of(CheckFinding.Fail(subject, e));
        }
    }

    public async IAsyncEnumerable<StreamDescription> DiscoverAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using DatagenPlan plan = Plan(new ReadRequest(), mayBeUndeclared: false)!;
        yield return new StreamDescription { Name = "rows", Schema = plan.Schema, Rows = options.Rows, RowsExact = options.Rows is not null };
    }

    public ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation) => new(Plan(request, mayBeUndeclared: false)!);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private DatagenPlan? Plan(ReadRequest request, bool mayBeUndeclared)
    {
        // The columns may be those of a job, which are not known when it is checked.
        if (mayBeUndeclared && options.Columns.Count == 0 && _fields.All.Count == 0)
        {
            return null;
        }

        IReadOnlyList<(string Name, DataType Type)> wanted = TableColumns.Choose(TableColumns.All(options, _fields, request), request.Columns);
        var factory = new GeneratorFactory(_fields, options.Seed);
        var generators = new List<ColumnGenerator>();
        try
        {
            foreach ((string name, DataType type) in wanted)
            {
                generators.Add(factory.Make(name, type));
                if (options.Rows is > 0 and { } rows)
                {
                    generators[^1].Check(0, rows - 1);
                }
            }

            var schema = new Schema(wanted.Select((c, i) => new Field(c.Name, c.Type, generators[i].Nullable)));
            return new DatagenPlan(schema, [.. generators], options, request, _pace);
        }
        catch
        {
            generators.ForEach(g => g.Dispose());
            throw;
        }
    }
}
