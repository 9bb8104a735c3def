using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Parsing;

/// <summary>Compares trees by what they say: everything but spans, lists by their items.</summary>
internal static class SyntaxComparison
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    /// <summary>The path to the first difference and both values; empty when there is none.</summary>
    public static string Difference(object? expected, object? actual, string path = "")
    {
        if (expected is null || actual is null || expected.GetType() != actual.GetType())
        {
            bool lists = expected is IList && actual is IList;
            if (!lists)
            {
                return Equals(expected, actual) ? "" : $"{path}: {Show(expected)} / {Show(actual)}";
            }
        }

        if (expected is string || expected is not (SyntaxNode or IList))
        {
            return Equals(expected, actual) ? "" : $"{path}: {Show(expected)} / {Show(actual)}";
        }

        if (expected is IList left && actual is IList right)
        {
            if (left.Count != right.Count)
            {
                return $"{path}: {left.Count} items / {right.Count}";
            }

            for (int i = 0; i < left.Count; i++)
            {
                if (Difference(left[i], right[i], $"{path}[{i}]") is { Length: > 0 } difference)
                {
                    return difference;
                }
            }

            return "";
        }

        foreach (PropertyInfo property in Properties.GetOrAdd(expected.GetType(), type => [.. type.GetProperties().Where(p => p.PropertyType != typeof(TextSpan) && p.GetIndexParameters().Length == 0 && p.Name != "Last")]))
        {
            if (Difference(property.GetValue(expected), property.GetValue(actual), $"{path}.{property.Name}") is { Length: > 0 } difference)
            {
                return difference;
            }
        }

        return "";
    }

    private static string Show(object? value) => value is null ? "null" : $"{value.GetType().Name} {value}";
}
