using System.Reflection;

namespace Millrace.Sql.Functions;

/// <summary>Aggregates whose states are made and changed by methods of the user.</summary>
internal static class UserAggregate
{
    private const BindingFlags Methods = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static AggregateFunction Of(SqlAggregateAttribute attribute, Type type)
    {
        if (!type.IsVisible || type.ContainsGenericParameters)
        {
            throw UserFunctionErrors.Signature(type.FullName ?? type.Name, "is not public, or has type parameters.");
        }

        Type state = One(type, "Init", "State Init()").ReturnType;
        if (state == typeof(void))
        {
            throw UserFunctionErrors.Signature($"{type.FullName}.Init", "gives nothing; it gives an empty state.");
        }

        var define = (Func<SqlAggregateAttribute, Type, AggregateFunction>)typeof(UserAggregate).GetMethod(nameof(Define), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(state).CreateDelegate(typeof(Func<SqlAggregateAttribute, Type, AggregateFunction>));
        return define(attribute, type);
    }

    private static AggregateFunction Define<TState>(SqlAggregateAttribute attribute, Type type)
    {
        string name = attribute.Name.ToLowerInvariant();
        MethodInfo result = One(type, "Result", "R Result(State)");
        MethodInfo[] adds = [.. type.GetMethods(Methods).Where(m => m.Name == "Add")];
        MethodInfo[] removes = [.. type.GetMethods(Methods).Where(m => m.Name == "Remove")];
        Check<TState>(result, "R Result(State)", 1, gives: false);
        if (adds.Length == 0)
        {
            throw UserFunctionErrors.Signature(type.FullName!, "has no public static method Add.", "State Add(State, …) adds a row.");
        }

        var calls = new UserAggregateCalls<TState>
        {
            Name = name,
            Init = Delegate<Func<TState>>(One(type, "Init", "State Init()"), "State Init()"),
            Merge = Delegate<Func<TState, TState, TState>>(One(type, "Merge", "State Merge(State, State)"), "State Merge(State, State)"),
            Result = UserType.Of(result.ReturnParameter, result.ReturnType, $"The result of {UserMethod.NameOf(result)}"),
            ResultMethod = result,
            State = UserState.Of<TState>(
                type,
                Optional(type, "Save") is { } save ? Delegate<Func<TState, byte[]>>(save, "byte[] Save(State)") : null,
                Optional(type, "Load") is { } load ? Delegate<Func<byte[], TState>>(load, "State Load(byte[])") : null),
        };
        calls.Test(type.FullName!);
        return new AggregateFunction(name, UserFunctions.Doc([attribute.Doc], type.Assembly.GetName().Name + ".dll"), [.. adds.Select(a => Overload(calls, a, removes, attribute.Ordered))]);
    }

    private static AggregateOverload Overload<TState>(UserAggregateCalls<TState> calls, MethodInfo add, MethodInfo[] removes, bool ordered)
    {
        Check<TState>(add, "State Add(State, …)", null, gives: true);
        UserMethod added = UserMethod.Of(add, skipped: 1);
        if (added.Variadic is not null)
        {
            throw UserFunctionErrors.Signature(UserMethod.NameOf(add), "has params, which aggregates do not take.");
        }

        Type[] parameters = [.. add.GetParameters().Select(p => p.ParameterType)];
        MethodInfo? remove = removes.FirstOrDefault(r => r.GetParameters().Select(p => p.ParameterType).SequenceEqual(parameters) && r.ReturnType == typeof(TState));
        if (remove is null && removes.Length > 0)
        {
            throw UserFunctionErrors.Signature(UserMethod.NameOf(add), "has no Remove of the same parameters.", "Each Add has its Remove, or none has.");
        }

        UserMethod? removed = remove is null ? null : UserMethod.Of(remove, skipped: 1);
        var loops = new System.Collections.Concurrent.ConcurrentDictionary<int, (AddLoop<TState> Add, AddLoop<TState>? Remove)>();
        return new AggregateOverload
        {
            Parameters = added.Patterns,
            Optional = added.Optional,
            Returns = calls.Result.Result,
            Ordered = ordered,
            SkipsNulls = false,
            Create = site =>
            {
                (AddLoop<TState> adds, AddLoop<TState>? takes) = loops.GetOrAdd(
                    site.Types.Count,
                    count => (RowLoops.Add<TState>(added, count), removed is null ? null : RowLoops.Add<TState>(removed, count)));
                ValueReader[] readers = [.. site.Types.Select((_, i) => added.Type(i).CreateReader())];
                return new UserAccumulator<TState>(calls, adds, takes, readers);
            },
        };
    }

    private static MethodInfo? Optional(Type type, string name) => type.GetMethods(Methods).Where(m => m.Name == name).ToArray() switch
    {
        [] => null,
        [var one] => one,
        _ => throw UserFunctionErrors.Signature($"{type.FullName}.{name}", "stands there more than once."),
    };

    private static MethodInfo One(Type type, string name, string shape)
        => Optional(type, name) ?? throw UserFunctionErrors.Signature(type.FullName!, $"has no public static method {name}.", $"An aggregate has {shape}.");

    private static T Delegate<T>(MethodInfo method, string shape)
        where T : Delegate
        => System.Delegate.CreateDelegate(typeof(T), method, throwOnBindFailure: false) as T
            ?? throw UserFunctionErrors.Signature(UserMethod.NameOf(method), $"is not of the form {shape}.", "State is the type that Init gives.");

    private static void Check<TState>(MethodInfo method, string shape, int? parameters, bool gives)
    {
        ParameterInfo[] all = method.GetParameters();
        if (all.Length == 0 || all[0].ParameterType != typeof(TState) || (parameters is { } count && all.Length != count) || (gives && method.ReturnType != typeof(TState)))
        {
            throw UserFunctionErrors.Signature(UserMethod.NameOf(method), $"is not of the form {shape}.", "State is the type that Init gives.");
        }
    }
}

/// <summary>What the overloads of an aggregate share.</summary>
internal sealed class UserAggregateCalls<TState>
{
    private ResultLoop<TState>? _results;

    public required string Name { get; init; }

    public required Func<TState> Init { get; init; }

    public required Func<TState, TState, TState> Merge { get; init; }

    public required UserType Result { get; init; }

    public required MethodInfo ResultMethod { get; init; }

    public required UserState<TState> State { get; init; }

    /// <summary>The loop over results; compiled twice where two lanes ask at once, which does no harm.</summary>
    public ResultLoop<TState> Results => _results ??= RowLoops.Result<TState>(ResultMethod, Result);

    /// <summary>Keeps an empty state and gets it back, so that one that cannot be kept is an error now.</summary>
    public void Test(string type)
    {
        try
        {
            using Millrace.Columnar.Column kept = State.Keep([Init()], 0, 1);
            State.Get(kept, 0);
        }
        catch (Exception e) when (e is not MillraceException and not OutOfMemoryException)
        {
            throw UserFunctionErrors.BadStateCode.Error($"An empty state of {type} cannot be kept and got back: {e.GetType().Name}: {e.Message}", inner: e);
        }
    }
}
