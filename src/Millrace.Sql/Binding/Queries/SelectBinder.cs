using Millrace.Columnar;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>
/// Binds one SELECT. All expressions are bound over the rows of FROM, with columns that stand for aggregates and window
/// calls; then, if there is a grouping, they are rewritten to what is behind it.
/// </summary>
internal sealed class SelectBinder(QueryBodyBinder queries, CommonTables? tables, Scope? outer, SelectSyntax syntax)
{
    private readonly AggregateCalls _aggregates = new();
    private readonly WindowCalls _windows = new(syntax.Windows);
    private readonly List<SelectedItem> _items = [];
    private readonly List<(ColumnVariable Element, BoundExpression Array)> _unnested = [];
    private LogicalPlan _plan = LogicalPlans.OneRow;
    private Scope _scope = Scope.Empty(outer);

    public Relation Bind(IReadOnlyList<OrderItem> orderBy)
    {
        FromResult from = new FromBinder(queries, tables, outer).Bind(syntax.From);
        (_plan, _scope) = (from.Plan, from.Scope);
        if (syntax.Where is not null)
        {
            ExpressionBinder where = Binder(new Clause("WHERE") { IsSelectAlias = IsAlias });
            _plan = new LogicalFilter(_plan, where.BindCondition(syntax.Where, "The condition of WHERE"));
        }

        TimeWindowClause? window = syntax.TimeWindow is null ? null : new TimeWindowClause(Binder(new Clause("the WINDOW clause")), syntax.TimeWindow);
        _scope = window?.Scope ?? _scope;
        BindItems();
        GroupKeys keys = BindKeys();
        BoundExpression? having = syntax.Having is null ? null : Binder(Later("HAVING") with { Windows = null }).BindCondition(syntax.Having, "The condition of HAVING");
        BoundExpression? qualify = syntax.Qualify is null ? null : Binder(Later("QUALIFY")).BindCondition(syntax.Qualify, "The condition of QUALIFY");
        List<BoundExpression> distinctOn = [.. syntax.DistinctOn.Select(e => BindByName(e, "DISTINCT ON"))];
        List<BoundOrder> order = [.. orderBy.Select(i => OrderBinder.Make(BindByName(i.Expression, "ORDER BY"), i))];
        Func<BoundExpression, BoundExpression> rewrite = e => e;
        bool grouped = keys.Keys.Count > 0 || keys.HasSets || _aggregates.Any || having is not null || syntax.GroupByAll;
        if (window is not null)
        {
            _plan = window.Plan(_plan, keys.Keys);
            if (grouped)
            {
                window.AddKeys(keys);
            }
        }

        if (grouped)
        {
            GroupRewriter rewriter = Group(keys);
            rewrite = rewriter.Rewrite;
        }

        _plan = LogicalPlans.Filter(_plan, having is null ? null : rewrite(having));
        _plan = WindowCalls.Plan(_plan, _windows.All.Select(e => new WindowEntry(e.Variable, PlanExpressions.Map(e.Call, rewrite), PlanExpressions.Map(e.PartitionBy, rewrite), PlanExpressions.Map(e.OrderBy, rewrite)) { Buffer = e.Buffer }));
        _plan = LogicalPlans.Filter(_plan, qualify is null ? null : rewrite(qualify));
        if (_unnested.Count > 0)
        {
            _plan = new LogicalUnnest(_plan, [.. _unnested.Select(u => rewrite(u.Array))], [.. _unnested.Select(u => u.Element)], null, KeepsEmpty: false);
        }

        BoundExpression[] values = [.. _items.Select(i => rewrite(i.Expression))];
        return Finish(values, [.. distinctOn.Select(rewrite)], PlanExpressions.Map(order, rewrite));
    }

    private ExpressionBinder Binder(Clause clause) => new(queries, _scope, tables, clause);

    // A clause that is bound after the SELECT list and can use its aliases.
    private Clause Later(string name) => new(name) { Aggregates = _aggregates, Windows = _windows, Alias = FindAlias };

    private void BindItems()
    {
        ExpressionBinder binder = Binder(new Clause("SELECT") { Aggregates = _aggregates, Windows = _windows, IsSelectAlias = IsAlias });
        foreach (SelectItem item in OutgoingHeaders.Rewrite(syntax.Items))
        {
            if (item.Expression is StarSyntax star)
            {
                _items.AddRange(StarExpansion.Expand(binder, star));
            }
            else if (item.Expression is CallSyntax { Over: null, Arguments: [var array], Name.Parts: [var name] } && string.Equals(name.Text, "unnest", StringComparison.OrdinalIgnoreCase))
            {
                _items.Add(new SelectedItem(SelectedItem.NameOf(item, _items.Count + 1), BindUnnest(binder.BindSettled(array))));
            }
            else
            {
                _items.Add(new SelectedItem(SelectedItem.NameOf(item, _items.Count + 1), binder.Bind(item.Expression)));
            }
        }
    }

    // unnest in the SELECT list makes a row of each element; several are read side by side.
    private BoundColumn BindUnnest(BoundExpression array)
    {
        if (array.Type.Id != TypeId.List)
        {
            throw BindingErrors.WrongType($"unnest needs an array, found {array.Type}.", array.Span);
        }

        var element = new ColumnVariable("unnest", array.Type.Element.Type);
        _unnested.Add((element, array));
        return new BoundColumn(element) { Span = array.Span };
    }

    private bool IsAlias(Identifier name) => syntax.Items.Any(i => i.Alias is { } alias && name.Matches(alias.Text));

    private BoundExpression? FindAlias(Identifier name)
    {
        BoundExpression? found = null;
        foreach (SelectedItem item in _items)
        {
            if (name.Matches(item.Name))
            {
                if (found is not null && !ExpressionComparer.Instance.Equals(found, item.Expression))
                {
                    throw BindingErrors.Ambiguous(name.Text, name.Span, ["the SELECT list", "another one of it"]);
                }

                found = item.Expression;
            }
        }

        return found;
    }

    // ORDER BY and DISTINCT ON: numbers and names of the SELECT list go before columns.
    private BoundExpression BindByName(ExpressionSyntax expression, string clause)
    {
        if (Positions.TryGet(expression, clause, _items.Count, out int position))
        {
            return Coercion.Settle(_items[position].Expression);
        }

        return expression is NameSyntax { Name.Parts: [var name] } && FindAlias(name) is { } alias
            ? Coercion.Settle(alias)
            : Binder(Later(clause)).BindSettled(expression);
    }

    private GroupKeys BindKeys()
    {
        var keys = new GroupKeys();
        if (syntax.GroupByAll)
        {
            foreach (SelectedItem item in _items.Where(i => i.Expression is not (BoundConstant or UntypedLiteral) && !UsesCalls(i.Expression)))
            {
                keys.Add(item.Expression);
            }
        }

        foreach (GroupItem item in syntax.GroupBy)
        {
            switch (item)
            {
                case GroupExpression { Expression: StructSyntax row } when row.Fields.All(f => f.Alias is null):
                    foreach (SelectItem field in row.Fields)
                    {
                        keys.Add(BindKey(field.Expression));
                    }

                    break;
                case GroupExpression one:
                    keys.Add(BindKey(one.Expression));
                    break;
                case GroupingSets sets:
                    keys.Add([.. sets.Sets.Select(s => s.Select(BindKey).ToArray())], sets.Span);
                    break;
            }
        }

        return keys;
    }

    private BoundExpression BindKey(ExpressionSyntax expression)
    {
        BoundExpression key = Positions.TryGet(expression, "GROUP BY", _items.Count, out int position)
            ? Coercion.Settle(_items[position].Expression) with { Span = expression.Span }
            : Binder(new Clause("GROUP BY") { Alias = FindAlias }).BindSettled(expression);
        return UsesCalls(key) ? throw BindingErrors.NotAllowed("GROUP BY cannot contain an aggregate, a call over a window or unnest.", expression.Span) : key;
    }

    private bool UsesCalls(BoundExpression expression)
        => ExpressionTree.Any(expression, e => e is BoundColumn column && (_aggregates.Owns(column.Column) || _windows.Owns(column.Column) || _unnested.Exists(u => u.Element == column.Column)));

    private GroupRewriter Group(GroupKeys keys)
    {
        IReadOnlyList<ColumnVariable> rows = _plan.Output;
        Assignment[] assignments = [.. keys.Keys.Select(k => new Assignment(new ColumnVariable(KeyName(k), k.Type, k.Nullable || keys.HasSets), k))];
        ColumnVariable? id = keys.HasSets && _aggregates.Groupings.Count > 0 ? new ColumnVariable("grouping_id", DataType.Int64, nullable: false) : null;
        _plan = new LogicalAggregate(_plan, assignments, _aggregates.All) { Sets = keys.HasSets ? keys.Sets : null, GroupingId = id };
        var groupings = _aggregates.Groupings.ToDictionary(g => g.Variable, g => GroupingValue(g, keys, id));
        return new GroupRewriter(keys, [.. assignments.Select(a => a.Variable)], rows, groupings);
    }

    private string KeyName(BoundExpression key)
        => _items.Find(i => ExpressionComparer.Instance.Equals(i.Expression, key))?.Name ?? (key is BoundColumn column ? column.Column.Name : "key");

    // For each grouping set the value is known, so GROUPING is a case over the set's number.
    private static BoundExpression GroupingValue(GroupingCall call, GroupKeys keys, ColumnVariable? id)
    {
        int[] arguments = [.. call.Keys.Select(k => keys.Find(k) is >= 0 and var number ? number : throw BindingErrors.NotAllowed("GROUPING takes only keys of GROUP BY.", k.Span))];
        if (id is null)
        {
            return new BoundConstant(DataType.Int32, 0) { Span = call.Span };
        }

        BoundExpression value = new BoundConstant(DataType.Int32, GroupKeys.Grouping(arguments, keys.Sets[^1])) { Span = call.Span };
        BoundExpression[] conditions = [.. keys.Sets.SkipLast(1).Select(s => new BoundComparison(CompareOperator.Equal, new BoundColumn(id), new BoundConstant(DataType.Int64, keys.Id(s))))];
        BoundExpression[] values = [.. keys.Sets.SkipLast(1).Select(s => new BoundConstant(DataType.Int32, GroupKeys.Grouping(arguments, s)))];
        return conditions.Length == 0 ? value : new BoundCase(conditions, values, value) { Span = call.Span };
    }

    // Projection, DISTINCT, order; keys that are not selected are columns until the rows are sorted.
    private Relation Finish(BoundExpression[] values, List<BoundExpression> distinctOn, IReadOnlyList<BoundOrder> order)
    {
        var columns = new List<Assignment>();
        var selected = new Dictionary<BoundExpression, ColumnVariable>(ExpressionComparer.Instance);
        for (int i = 0; i < values.Length; i++)
        {
            BoundExpression value = Coercion.Settle(values[i]);
            var variable = new ColumnVariable(_items[i].Name, value.Type, value.Nullable);
            columns.Add(new Assignment(variable, value));
            selected.TryAdd(value, variable);
        }

        RelationColumn[] result = [.. columns.Select((c, i) => new RelationColumn(_items[i].Name, c.Variable, Coercion.IsUntyped(values[i])))];
        int visible = columns.Count;
        if (syntax.Distinct && distinctOn.Count == 0)
        {
            return Distinct(columns, result, selected, order);
        }

        order = [.. order.Select(o => o with { Expression = Selected(o.Expression) })];
        List<BoundExpression> on = [.. distinctOn.Select(Selected)];
        LogicalPlan plan = new LogicalProject(_plan, columns);
        plan = order.Count == 0 ? plan : new LogicalSort(plan, order);
        plan = on.Count == 0 ? plan : new LogicalDistinctOn(plan, on);
        return new Relation(columns.Count == visible ? plan : LogicalPlans.Select(plan, [.. result.Select(c => c.Variable)]), result);

        BoundExpression Selected(BoundExpression expression)
        {
            if (expression is BoundConstant)
            {
                return expression;
            }

            if (!selected.TryGetValue(expression, out ColumnVariable? variable))
            {
                variable = new ColumnVariable("key", expression.Type, expression.Nullable);
                columns.Add(new Assignment(variable, expression));
                selected.Add(expression, variable);
            }

            return new BoundColumn(variable) { Span = expression.Span };
        }
    }

    private Relation Distinct(List<Assignment> columns, RelationColumn[] result, Dictionary<BoundExpression, ColumnVariable> selected, IReadOnlyList<BoundOrder> order)
    {
        LogicalAggregate distinct = LogicalPlans.Distinct(new LogicalProject(_plan, columns));
        var behind = new Dictionary<ColumnVariable, ColumnVariable>();
        for (int i = 0; i < columns.Count; i++)
        {
            behind.Add(columns[i].Variable, distinct.Keys[i].Variable);
        }

        var keys = new List<BoundOrder>();
        foreach (BoundOrder key in order)
        {
            if (key.Expression is BoundConstant)
            {
                continue;
            }

            ColumnVariable variable = selected.TryGetValue(key.Expression, out ColumnVariable? found)
                ? found
                : throw BindingErrors.NotAllowed("With SELECT DISTINCT, ORDER BY can only use what is selected.", key.Expression.Span, "Add the expression to the SELECT list.");
            keys.Add(key with { Expression = new BoundColumn(behind[variable]) { Span = key.Expression.Span } });
        }

        LogicalPlan plan = keys.Count == 0 ? distinct : new LogicalSort(distinct, keys);
        return new Relation(plan, [.. result.Select(c => c with { Variable = behind[c.Variable], Untyped = false })]);
    }
}
