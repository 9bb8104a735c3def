using Millrace.Columnar;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>A call whose overload is chosen.</summary>
/// <param name="Overload">The overload.</param>
/// <param name="Arguments">The arguments, cast to what it takes.</param>
/// <param name="Type">Type of the result.</param>
internal sealed record ResolvedCall<T>(T Overload, IReadOnlyList<BoundExpression> Arguments, DataType Type);

/// <summary>
/// Chooses the overload of a call as PostgreSQL does (chapter 10 of its manual): the one with the fewest implicit casts, then
/// the one whose casts go least far; literals without a type take the type of the other arguments, else text, else the type
/// that their kind prefers. Between equals the one that is listed first.
/// </summary>
internal static class OverloadResolution
{
    public static ResolvedCall<T> Resolve<T>(SqlFunction function, IReadOnlyList<T> overloads, Func<T, CallShape> shape, IReadOnlyList<BoundExpression> arguments, TextSpan span)
    {
        return TryResolve(overloads, shape, arguments, function.Name)
            ?? throw BindingErrors.NoOverload(function.Name, [.. arguments.Select(a => Coercion.IsUntyped(a) ? "unknown" : a.Type.ToString())], function.Signatures, span);
    }

    /// <summary>The call, or null when no overload takes the arguments.</summary>
    public static ResolvedCall<T>? TryResolve<T>(IReadOnlyList<T> overloads, Func<T, CallShape> shape, IReadOnlyList<BoundExpression> arguments, string name)
    {
        var candidates = new List<(T Overload, OverloadMatch Match)>();
        foreach (T overload in overloads)
        {
            if (OverloadMatch.Try(shape(overload), arguments) is { } match)
            {
                candidates.Add((overload, match));
            }
        }

        if (candidates.Count == 0)
        {
            return null;
        }

        Keep(candidates, c => -c.Match.Casts);
        Keep(candidates, c => -c.Match.Distance);
        KeepByLiterals(candidates, arguments);
        Keep(candidates, c => -c.Match.Loose);
        return Complete(candidates[0].Overload, candidates[0].Match, arguments, name);
    }

    private static void KeepByLiterals<T>(List<(T Overload, OverloadMatch Match)> candidates, IReadOnlyList<BoundExpression> arguments)
    {
        int[] untyped = [.. Enumerable.Range(0, arguments.Count).Where(i => Coercion.IsUntyped(arguments[i]))];
        if (untyped.Length == 0 || candidates.Count == 1)
        {
            return;
        }

        Keep(candidates, c => untyped.Count(i => Enumerable.Range(0, arguments.Count).Any(j => !Coercion.IsUntyped(arguments[j]) && c.Match.Targets[j].Equals(c.Match.Targets[i]))));
        Keep(candidates, c => untyped.Count(i => c.Match.Targets[i].Id == TypeId.Utf8));
        Keep(candidates, c => untyped.Sum(i => Preference(c.Match.Targets[i])));
    }

    private static int Preference(DataType type) => type.Id switch
    {
        TypeId.Float64 => 3,
        TypeId.Timestamp => type.TimeZone is null ? 1 : 2,
        TypeId.Interval or TypeId.Boolean => 1,
        _ => 0,
    };

    private static void Keep<T>(List<(T Overload, OverloadMatch Match)> candidates, Func<(T Overload, OverloadMatch Match), int> score)
    {
        if (candidates.Count > 1)
        {
            int best = candidates.Max(score);
            candidates.RemoveAll(c => score(c) < best);
        }
    }

    private static ResolvedCall<T> Complete<T>(T overload, OverloadMatch match, IReadOnlyList<BoundExpression> arguments, string name)
    {
        var cast = new BoundExpression[arguments.Count];
        for (int i = 0; i < cast.Length; i++)
        {
            cast[i] = Coercion.To(arguments[i], match.Targets[i], $"Argument {i + 1} of {name}");
        }

        DataType[] types = [.. cast.Select(a => a.Type)];
        var site = new ScalarCallSite(types, [.. cast.Select(a => a is BoundConstant c ? new[] { c.Value } : null)]);
        DataType result = match.Shape.ResultType?.Invoke(site) ?? match.Known(match.Shape.Returns) ?? FromArguments(match, types);
        return new ResolvedCall<T>(overload, cast, result);
    }

    // A result such as `decimal` without a rule of its own has the type of the first argument of that kind.
    private static DataType FromArguments(OverloadMatch match, DataType[] types)
    {
        for (int i = 0; i < types.Length; i++)
        {
            if (match.Shape.Parameter(i).Kind == match.Shape.Returns.Kind)
            {
                return types[i];
            }
        }

        return types.Length > 0 ? types[0] : DataType.Utf8;
    }
}
