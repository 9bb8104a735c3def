using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;
using FunctionTable = Millrace.Sql.Functions.FunctionTable;

namespace Millrace.Sql.Binding;

/// <summary>A query whose names and types are decided.</summary>
/// <param name="Plan">What it is after; its output are the columns of the result.</param>
/// <param name="Names">Names of the columns of the result, all different.</param>
public sealed record BoundQuery(LogicalPlan Plan, IReadOnlyList<string> Names);

/// <summary>The way from the text of a query to a plan that can be run.</summary>
public static class QueryBinder
{
    /// <summary>
    /// Asks the catalog for the query's tables, binds it, and applies the rules of <see cref="PlanRules"/>. Errors (MR51xx)
    /// have the first character of the part at fault as offset of their place.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="catalog">What its tables are.</param>
    /// <param name="functions">What its functions are.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="target">What its rows are put into, if that has a say in their columns.</param>
    /// <param name="sharesCommonRows">Whether <see cref="PhysicalPlanner.PlanQuery"/> plans it, which computes common tables with random values once.</param>
    public static async Task<BoundQuery> BindAsync(QuerySyntax query, ISqlCatalog catalog, FunctionTable functions, CancellationToken cancellation, InsertTarget? target = null, bool sharesCommonRows = false)
    {
        BoundQuery bound = await BindOnlyAsync(query, catalog, functions, cancellation, target, sharesCommonRows).ConfigureAwait(false);
        return bound with { Plan = PlanRules.Apply(bound.Plan, functions, catalog.TimeZone) };
    }

    /// <summary>Binds without applying rules: the plan may hold subqueries in expressions.</summary>
    public static async Task<BoundQuery> BindOnlyAsync(QuerySyntax query, ISqlCatalog catalog, FunctionTable functions, CancellationToken cancellation, InsertTarget? target = null, bool sharesCommonRows = false)
    {
        var context = new BindingContext(catalog, functions) { SharesCommonRows = sharesCommonRows };
        await context.LoadAsync(query, cancellation).ConfigureAwait(false);
        var queries = new QueryBodyBinder(context);
        if (target is { Columns: [_, ..] } or { Listed: [_, ..] })
        {
            return TargetBinder.Bind(queries, query, target);
        }

        Relation relation = queries.Bind(query, null, null);
        LogicalPlan plan = LogicalPlans.Select(relation.Plan, [.. relation.Columns.Select(c => c.Variable)]);
        return new BoundQuery(plan, Unique(relation.Columns.Select(c => c.Name)));
    }

    // A result is a table of its own, whose names have to differ.
    private static List<string> Unique(IEnumerable<string> names)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var unique = new List<string>();
        foreach (string name in names)
        {
            string candidate = name;
            for (int i = 2; !taken.Add(candidate); i++)
            {
                candidate = $"{name}_{i}";
            }

            unique.Add(candidate);
        }

        return unique;
    }
}
