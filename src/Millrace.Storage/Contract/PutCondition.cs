namespace Millrace.Storage;

/// <summary>
/// When a write may take effect; tested and applied in one step. A write that may not fails with
/// <see cref="StorageErrors.AlreadyExists"/> or <see cref="StorageErrors.Changed"/>.
/// </summary>
public readonly record struct PutCondition
{
    private PutCondition(bool mustBeAbsent, string? etag, bool mayBeLost = false)
    {
        MustBeAbsent = mustBeAbsent;
        ETag = etag;
        MayBeLost = mayBeLost;
    }

    /// <summary>Replaces what is there.</summary>
    public static PutCondition Any => default;

    /// <summary>
    /// Replaces what is there, and need not outlive a power cut: the object may then be the one before, or be empty. For what can be found
    /// otherwise.
    /// </summary>
    public static PutCondition AnyFleeting => new(false, null, mayBeLost: true);

    /// <summary>Only if there is no object of that name.</summary>
    public static PutCondition IfAbsent => new(true, null);

    public bool MustBeAbsent { get; }

    /// <summary>Whether the object need not be made durable.</summary>
    public bool MayBeLost { get; }

    /// <summary>The object's tag must still be this one; null for any.</summary>
    public string? ETag { get; }

    /// <summary>Only if the object is still the one with this <see cref="ObjectInfo.ETag"/>.</summary>
    public static PutCondition IfMatch(string etag) => new(false, etag);
}
