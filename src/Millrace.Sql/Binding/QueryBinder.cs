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
    public static async Task<BoundQuery> BindAsync(QuerySyntax query, ISqlCatalog catalog, FunctionTable functions, CancellationToken cancellation)
    {
        BoundQuery bound = await BindOnlyAsync(query, catalog, functions, cancellation).ConfigureAwait(false);
        return bound with { Plan = PlanRules.Apply(bound.Plan, functions) };
    }

    /// <summary>Binds without applying rules: the plan may hold subqueries in expressions.</summary>
    public static async Task<BoundQuery> BindOnlyAsync(QuerySyntax query, ISqlCatalog catalog, FunctionTable functions, CancellationToken cancellation)
    {
        var context = new BindingContext(catalog, functions);
        await context.LoadAsync(query, cancellation).ConfigureAwait(false);
        Relation relation = new QueryBodyBinder(context).Bind(query, null, null);
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
