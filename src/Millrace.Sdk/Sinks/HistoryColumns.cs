namespace Millrace.Sdk;

/// <summary>Columns that a target adds to rows of which it keeps more than the present state. Times are those of the commit, by the target's clock.</summary>
public static class HistoryColumns
{
    /// <summary>Since when the version holds.</summary>
    public const string ValidFrom = "_valid_from";

    /// <summary>When it was over; null for the version that holds.</summary>
    public const string ValidTo = "_valid_to";

    /// <summary>Whether it is the version that holds.</summary>
    public const string IsCurrent = "_is_current";

    /// <summary>When a row was found to be gone that is kept all the same; null for one that is there.</summary>
    public const string DeletedAt = "_deleted_at";
}
