using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>What is compatible between two versions of a contract.</summary>
/// <param name="Changes">The differences, in the order of the columns.</param>
public sealed record AssetComparison(IReadOnlyList<AssetChange> Changes)
{
    internal const string OldRows = "rows written so far can break it";
    internal const string NewRows = "who relies on the old contract can get rows that break it";
    internal const string Untold = "whether one implies the other cannot be told";

    /// <summary>Whether who reads by the new contract can read all rows there are.</summary>
    public bool IsBackward => Changes.All(c => c.Backward);

    /// <summary>Whether who reads by the old contract can read the rows to come.</summary>
    public bool IsForward => Changes.All(c => c.Forward);

    /// <summary>The least part of the version that has to be raised: none, patch, minor or major.</summary>
    public string Bump => Changes.Count == 0 ? "none" : !IsForward ? "major" : Changes.Any(c => c.Column is not null || !c.Backward) ? "minor" : "patch";

    /// <summary>The whole in one word.</summary>
    public string Level => (IsBackward, IsForward) switch
    {
        (true, true) => "compatible",
        (true, false) => "backward",
        (false, true) => "forward",
        _ => "breaking",
    };

    public static AssetComparison Of(AssetSpec old, AssetSpec updated)
    {
        var changes = new List<AssetChange>();
        Dictionary<string, AssetColumn> before = old.Schema.ToDictionary(c => c.Name, StringComparer.Ordinal);
        foreach (AssetColumn column in updated.Schema)
        {
            if (before.Remove(column.Name, out AssetColumn? was))
            {
                Compare(was, column, changes);
            }
            else
            {
                string type = column.ResolveType()?.ToString() ?? "of any type";
                changes.Add(column.Required
                    ? new AssetChange(column.Name, $"new column, {type}, required", false, true, "rows written so far do not have it")
                    : new AssetChange(column.Name, $"new column, {type}", true, true));
            }
        }

        foreach (AssetColumn gone in before.Values)
        {
            changes.Add(gone.Required
                ? new AssetChange(gone.Name, "removed, was required", true, false, "who relies on the old contract expects a value in every row")
                : new AssetChange(gone.Name, "removed", true, true));
        }

        changes.AddRange(QualityChanges.Of(old.Quality, updated.Quality, null));
        Words("compliance.classification", old.Compliance.Classification, updated.Compliance.Classification, null, changes);
        Words("owner", old.Owner, updated.Owner, null, changes);
        Words("status", old.Status, updated.Status, null, changes);
        return new AssetComparison(changes);
    }

    private static void Compare(AssetColumn old, AssetColumn updated, List<AssetChange> changes)
    {
        CompareTypes(old, updated, changes);
        Flag("required", old.Required, updated.Required, old.Name, changes);
        Flag("unique", old.Unique, updated.Unique, old.Name, changes);
        Bound("min", old.Min, updated.Min, old.ExclusiveMin, updated.ExclusiveMin, isLeast: true, old.Name, changes);
        Bound("max", old.Max, updated.Max, old.ExclusiveMax, updated.ExclusiveMax, isLeast: false, old.Name, changes);
        Bound("min_length", Text(old.MinLength), Text(updated.MinLength), false, false, isLeast: true, old.Name, changes);
        Bound("max_length", Text(old.MaxLength), Text(updated.MaxLength), false, false, isLeast: false, old.Name, changes);
        Rule("pattern", old.Pattern, updated.Pattern, old.Name, changes);
        Rule("format", old.Format, updated.Format, old.Name, changes);
        Rule("foreign", old.Foreign?.ToString(), updated.Foreign?.ToString(), old.Name, changes);
        CompareLists(old, updated, changes);
        changes.AddRange(QualityChanges.Of(old.Quality, updated.Quality, updated));
        Words("classification", old.Classification, updated.Classification, old.Name, changes);
    }

    private static void CompareTypes(AssetColumn old, AssetColumn updated, List<AssetChange> changes)
    {
        DataType? from = old.ResolveType();
        DataType? to = updated.ResolveType();
        if (Equals(from, to))
        {
            return;
        }

        string what = $"type {from?.ToString() ?? "any"} -> {to?.ToString() ?? "any"}";
        bool backward = to is null || (from is not null && TypeWidening.Holds(to, from));
        bool forward = from is null || (to is not null && TypeWidening.Holds(from, to));
        changes.Add(new AssetChange(old.Name, what, backward, forward, (backward, forward) switch
        {
            (true, false) => "values of the new type do not all fit the old one",
            (false, true) => "values written so far do not all fit the new type",
            _ => "neither type holds all values of the other",
        }));
    }

    private static void CompareLists(AssetColumn old, AssetColumn updated, List<AssetChange> changes)
    {
        if (old.Enum is null || updated.Enum is null)
        {
            Rule("enum", old.Enum is null ? null : "list", updated.Enum is null ? null : "list", old.Name, changes);
            return;
        }

        string[] added = [.. updated.Enum.Except(old.Enum, StringComparer.Ordinal)];
        string[] removed = [.. old.Enum.Except(updated.Enum, StringComparer.Ordinal)];
        if (added.Length > 0)
        {
            changes.Add(new AssetChange(old.Name, $"enum gains {string.Join(", ", added)}", true, false, NewRows));
        }

        if (removed.Length > 0)
        {
            changes.Add(new AssetChange(old.Name, $"enum loses {string.Join(", ", removed)}", false, true, OldRows));
        }
    }

    private static void Flag(string name, bool old, bool updated, string column, List<AssetChange> changes)
    {
        if (old != updated)
        {
            changes.Add(updated ? new AssetChange(column, $"now {name}", false, true, OldRows) : new AssetChange(column, $"no longer {name}", true, false, NewRows));
        }
    }

    private static void Bound(string name, string? old, string? updated, bool wasExclusive, bool isExclusive, bool isLeast, string column, List<AssetChange> changes)
    {
        int order = Order(old, updated, isLeast);
        order = order != 0 || old is null || updated is null ? order : isExclusive.CompareTo(wasExclusive);
        if (order == 0 && old == updated)
        {
            return;
        }

        string what = $"{name} {old ?? "none"} -> {updated ?? "none"}{(wasExclusive != isExclusive ? isExclusive ? ", now exclusive" : ", no longer exclusive" : "")}";
        if (order != 0)
        {
            changes.Add(order > 0 ? new AssetChange(column, what, false, true, OldRows) : new AssetChange(column, what, true, false, NewRows));
        }
    }

    // Above zero where the bound has become tighter.
    private static int Order(string? old, string? updated, bool isLeast)
    {
        if (old is null || updated is null)
        {
            return (updated is null ? 0 : 1) - (old is null ? 0 : 1);
        }

        int order = decimal.TryParse(old, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal a) && decimal.TryParse(updated, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal b)
            ? b.CompareTo(a)
            : string.CompareOrdinal(updated, old);
        return Math.Sign(isLeast ? order : -order);
    }

    private static void Rule(string name, string? old, string? updated, string column, List<AssetChange> changes)
    {
        if (old == updated)
        {
            return;
        }

        changes.Add((old, updated) switch
        {
            (null, _) => new AssetChange(column, $"new rule {name}", false, true, OldRows),
            (_, null) => new AssetChange(column, $"rule {name} removed", true, false, NewRows),
            _ => new AssetChange(column, $"{name} changed", false, false, Untold),
        });
    }

    // Words that no row depends on, which people want to see all the same.
    private static void Words(string name, string? old, string? updated, string? column, List<AssetChange> changes)
    {
        if (old != updated)
        {
            changes.Add(new AssetChange(column, $"{name} {old ?? "none"} -> {updated ?? "none"}", true, true));
        }
    }

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
