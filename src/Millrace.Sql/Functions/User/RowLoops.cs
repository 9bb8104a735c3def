using System.Linq.Expressions;
using System.Reflection;

namespace Millrace.Sql.Functions;

/// <summary>Calls a method for rows and appends what it gives, up to the first exception.</summary>
/// <param name="readers">The arguments.</param>
/// <param name="writer">Gets a row each; null for the rows where a parameter that cannot be null would have to be.</param>
/// <param name="row">The first row; the one that threw, or the number of rows, afterwards.</param>
/// <param name="rows">The end.</param>
internal delegate void CallLoop(ValueReader[] readers, ValueWriter writer, ref int row, int rows);

/// <summary>The same for methods that take a state in and give it back: row i goes to state <c>groups[i]</c>.</summary>
internal delegate void AddLoop<TState>(TState[] states, int[] groups, ValueReader[] readers, ref int row, int rows);

/// <summary>Calls a method of a state for states in a row, and appends what it gives.</summary>
internal delegate void ResultLoop<TState>(TState[] states, int start, ValueWriter writer, ref int row, int rows);

/// <summary>
/// Compiles the loops over rows: the method of the user stands in the loop as a direct call, beside reading and writing whose types
/// are known.
/// </summary>
internal static class RowLoops
{
    private static readonly ParameterExpression Readers = Expression.Parameter(typeof(ValueReader[]), "readers");
    private static readonly ParameterExpression Writer = Expression.Parameter(typeof(ValueWriter), "writer");
    private static readonly ParameterExpression Row = Expression.Parameter(typeof(int).MakeByRefType(), "row");
    private static readonly ParameterExpression Rows = Expression.Parameter(typeof(int), "rows");

    public static CallLoop Call(UserMethod method, int arguments, UserType result)
    {
        var body = new Body(method, arguments);
        ParameterExpression writer = body.Hoist(result.Writer, Writer);
        body.Do(values => Expression.Call(writer, Append(result), Expression.Call(method.Method, values)), otherwise: Expression.Call(writer, typeof(ValueWriter).GetMethod(nameof(ValueWriter.AppendNull))!));
        return Expression.Lambda<CallLoop>(body.Build(), Readers, Writer, Row, Rows).Compile();
    }

    public static AddLoop<TState> Add<TState>(UserMethod method, int arguments)
    {
        ParameterExpression states = Expression.Parameter(typeof(TState[]), "states");
        ParameterExpression groups = Expression.Parameter(typeof(int[]), "groups");
        var body = new Body(method, arguments);
        Expression state = Expression.ArrayAccess(states, Expression.ArrayIndex(groups, Row));
        body.Do(values => Expression.Assign(state, Expression.Call(method.Method, [state, .. values])), otherwise: null);
        return Expression.Lambda<AddLoop<TState>>(body.Build(), states, groups, Readers, Row, Rows).Compile();
    }

    public static ResultLoop<TState> Result<TState>(MethodInfo method, UserType result)
    {
        ParameterExpression states = Expression.Parameter(typeof(TState[]), "states");
        ParameterExpression start = Expression.Parameter(typeof(int), "start");
        var body = new Body(new UserMethod(method, [], 0, null), 0);
        ParameterExpression writer = body.Hoist(result.Writer, Writer);
        body.Do(_ => Expression.Call(writer, Append(result), Expression.Call(method, Expression.ArrayIndex(states, Expression.Add(start, Row)))), otherwise: null);
        return Expression.Lambda<ResultLoop<TState>>(body.Build(), states, start, Writer, Row, Rows).Compile();
    }

    private static MethodInfo Append(UserType result) => result.Writer.GetMethod("Append")!;

    private sealed class Body
    {
        private readonly List<ParameterExpression> _variables = [];
        private readonly List<Expression> _before = [];
        private readonly List<Expression> _values = [];
        private Expression? _isNull;
        private Expression? _loop;

        // A params array is made for each row; arguments that are left out have their defaults.
        public Body(UserMethod method, int arguments)
        {
            var elements = new List<Expression>();
            for (int i = 0; i < arguments; i++)
            {
                UserType type = method.Type(i);
                ParameterExpression reader = Hoist(type.Reader, Expression.ArrayIndex(Readers, Expression.Constant(i)));
                Expression value = Expression.Call(reader, type.Reader.GetMethod("Get")!, Row);
                if (!type.CanBeNull)
                {
                    Expression isNull = Expression.Call(reader, typeof(ValueReader).GetMethod(nameof(ValueReader.IsNull))!, Row);
                    _isNull = _isNull is null ? isNull : Expression.OrElse(_isNull, isNull);
                }

                (method.Variadic is not null && i >= method.Parameters.Count ? elements : _values).Add(value);
            }

            for (int i = arguments; i < method.Parameters.Count; i++)
            {
                _values.Add(method.Default(i));
            }

            if (method.Variadic is not null)
            {
                _values.Add(Expression.NewArrayInit(method.ElementType, elements));
            }
        }

        public ParameterExpression Hoist(Type type, Expression from)
        {
            ParameterExpression variable = Expression.Variable(type);
            _variables.Add(variable);
            _before.Add(Expression.Assign(variable, Expression.Convert(from, type)));
            return variable;
        }

        public void Do(Func<IReadOnlyList<Expression>, Expression> call, Expression? otherwise)
        {
            LabelTarget end = Expression.Label();
            Expression done = call(_values);
            Expression step = _isNull is null ? done : Expression.IfThenElse(_isNull, otherwise ?? Expression.Empty(), done);
            _loop = Expression.Loop(
                Expression.Block(
                    Expression.IfThen(Expression.GreaterThanOrEqual(Row, Rows), Expression.Break(end)),
                    step,
                    Expression.PreIncrementAssign(Row)),
                end);
        }

        public Expression Build() => Expression.Block(_variables, [.. _before, _loop!]);
    }
}
