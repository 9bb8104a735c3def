namespace Millrace.Connectors.Common;

/// <summary>What a cursor counts; the likeliest cursors come first.</summary>
internal enum CursorKind
{
    /// <summary>Points in time, which the server's clock bounds.</summary>
    Time,

    /// <summary>Days.</summary>
    Date,

    /// <summary>Versions and numbers from sequences.</summary>
    Number,

    /// <summary>What has an order all the same: text, uuid.</summary>
    Other,
}
