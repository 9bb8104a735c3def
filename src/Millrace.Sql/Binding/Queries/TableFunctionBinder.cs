using Millrace.Columnar;
using Millrace.Sql.Planning;
using TableFunction = Millrace.Sql.Parsing.FunctionTable;

namespace Millrace.Sql.Binding;

/// <summary>Functions in <c>FROM</c> that make rows: <c>unnest</c>, <c>generate_series</c>, <c>range</c>. They can use the tables to their left.</summary>
internal static class TableFunctionBinder
{
    private static readonly string[] Known = ["unnest", "generate_series", "range", .. FileReader.Names];

    public static Relation Bind(FromBinder from, TableFunction function, Scope left)
    {
        string name = function.Name.ToString().ToLowerInvariant();
        if (!Known.Contains(name))
        {
            throw BindingErrors.UnknownTableFunction(function.Name, Known);
        }

        if (function.NamedArguments.Count > 0)
        {
            throw BindingErrors.NotAllowed($"{function.Name} takes no arguments by name.", function.NamedArguments[0].Span);
        }

        var binder = new ExpressionBinder(from.Queries, left, from.CommonTables, new Clause("FROM"));
        List<BoundExpression> arguments = binder.Bind(function.Arguments);
        ColumnVariable? ordinality = function.WithOrdinality ? new ColumnVariable("ordinality", DataType.Int64, nullable: false) : null;
        return name switch
        {
            "unnest" => Unnest(function, arguments, ordinality),
            _ when ordinality is not null => throw BindingErrors.Unsupported($"{name} does not take WITH ORDINALITY.", function.Span),
            _ => Series(binder, function, arguments, name == "range"),
        };
    }

    private static Relation Unnest(TableFunction function, List<BoundExpression> arguments, ColumnVariable? ordinality)
    {
        if (arguments.Count == 0)
        {
            throw BindingErrors.WrongType("unnest needs an array.", function.Span);
        }

        var elements = new List<ColumnVariable>();
        var columns = new List<RelationColumn>();
        var assignments = new List<Assignment>();
        foreach (BoundExpression array in arguments)
        {
            DataType type = array.Type.Id switch
            {
                TypeId.List when !Coercion.IsUntyped(array) => array.Type.Element.Type,
                TypeId.Map => DataType.Struct(array.Type.Children[0], array.Type.Children[1]),
                _ => throw BindingErrors.WrongType($"unnest needs an array or a map, found {array.Type}.", array.Span),
            };
            var element = new ColumnVariable("unnest", type);
            elements.Add(element);
            if (array.Type.Id == TypeId.Map)
            {
                Add("key", new BoundField(new BoundColumn(element), 0));
                Add("value", new BoundField(new BoundColumn(element), 1));
            }
            else
            {
                Add(arguments.Count == 1 ? function.Alias?.Text ?? "unnest" : "unnest", new BoundColumn(element));
            }
        }

        if (ordinality is not null)
        {
            Add("ordinality", new BoundColumn(ordinality));
        }

        LogicalPlan plan = new LogicalUnnest(LogicalPlans.OneRow, arguments, elements, ordinality, KeepsEmpty: false);
        plan = assignments.TrueForAll(a => a.Expression is BoundColumn) ? plan : new LogicalProject(plan, assignments);
        return new Relation(plan, columns);

        void Add(string name, BoundExpression value)
        {
            ColumnVariable variable = value is BoundColumn column && !arguments.Exists(a => a.Type.Id == TypeId.Map) ? column.Column : new ColumnVariable(name, value.Type);
            assignments.Add(new Assignment(variable, value));
            columns.Add(new RelationColumn(name, variable));
        }
    }

    private static Relation Series(ExpressionBinder binder, TableFunction function, List<BoundExpression> arguments, bool exclusive)
    {
        if (arguments.Count is 0 or > 3 || (arguments.Count == 1 && !exclusive))
        {
            throw BindingErrors.WrongType($"{function.Name} takes a start, an end and a step, found {arguments.Count} arguments.", function.Span);
        }

        if (arguments.Count == 1)
        {
            arguments.Insert(0, new BoundConstant(DataType.Int32, 0) { Span = function.Span });
        }

        (BoundExpression from, BoundExpression to) = Coercion.Pair(arguments[0], arguments[1], function.Name.ToString());
        BoundExpression? step = arguments.Count == 3 ? arguments[2] : null;
        if (from.Type.Id is TypeId.Date or TypeId.Timestamp)
        {
            from = EventTime.AsTimestamp(from);
            to = EventTime.AsTimestamp(to);
            step = step is null ? new BoundConstant(DataType.Interval, new Interval(0, 1, 0)) { Span = function.Span } : Coercion.To(step, DataType.Interval, "The step");
        }
        else if (from.Type.IsNumeric)
        {
            List<BoundExpression> all = Coercion.Unify([from, to, step ?? new BoundConstant(DataType.Int32, 1) { Span = function.Span }], function.Name.ToString());
            DataType type = NumericTypes.Rank(all[0].Type) < NumericTypes.Rank(DataType.Int32) || NumericTypes.IsUnsigned(all[0].Type) ? TypeRules.Common(all[0].Type, DataType.Int32)! : all[0].Type;
            (from, to, step) = (Coercion.Cast(all[0], type), Coercion.Cast(all[1], type), Coercion.Cast(all[2], type));
        }
        else
        {
            throw BindingErrors.WrongType($"{function.Name} needs numbers or times, found {from.Type}.", from.Span);
        }

        BoundExpression? condition = null;
        var value = new ColumnVariable(function.Name.Last.Text.ToLowerInvariant(), from.Type);
        if (exclusive)
        {
            condition = new BoundComparison(CompareOperator.DistinctFrom, new BoundColumn(value), to) { Span = function.Span };
        }

        LogicalPlan plan = LogicalPlans.Filter(new LogicalSeries(LogicalPlans.OneRow, from, to, step, value), condition);
        return new Relation(plan, [new RelationColumn(function.Alias?.Text ?? value.Name, value)]);
    }
}
