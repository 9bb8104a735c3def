namespace Millrace;

/// <summary>Who has to act on an error.</summary>
public enum ErrorDomain
{
    /// <summary>The input, an option or a file is wrong; its author mends it.</summary>
    User,

    /// <summary>A disk, server or network did not do its part.</summary>
    External,

    /// <summary>A defect of Millrace; no input may reach it.</summary>
    Internal,
}

/// <summary>What is to be done with what failed.</summary>
public enum ErrorClass
{
    /// <summary>Trying again unchanged fails again: somebody has to change something first.</summary>
    Permanent,

    /// <summary>The same operation can succeed when it is tried again unchanged.</summary>
    Retryable,

    /// <summary>One row of the input is wrong; the others are not concerned. The job's failure strategy decides about the row.</summary>
    Data,
}

/// <summary>
/// One entry of the error catalogue. Codes are stable: a code keeps its meaning for ever and is never given to another.
/// Every <c>public static readonly ErrorCode</c> field appears in the generated reference page.
/// </summary>
/// <param name="Id">The code as printed, for example <c>MR2003</c>.</param>
/// <param name="Title">One plain sentence without the particulars of an occurrence.</param>
/// <param name="Hint">What to do about it, when an occurrence gives no better advice.</param>
/// <param name="Domain">Who has to act.</param>
/// <param name="Class">Whether trying again helps, and whether the error is that of one row.</param>
public sealed record ErrorCode(
    string Id,
    string Title,
    string Hint,
    ErrorDomain Domain = ErrorDomain.User,
    ErrorClass Class = ErrorClass.Permanent)
{
    public bool Retryable => Class == ErrorClass.Retryable;

    /// <summary>Whether a text has the form of an id: two letters that say whose it is, and four digits.</summary>
    public static bool IsId(string text)
        => text.Length == 6 && text.AsSpan(0, 2).IndexOfAnyExceptInRange('A', 'Z') < 0 && text.AsSpan(2).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>Makes an exception of this code.</summary>
    /// <param name="message">What was found and what was expected, as one sentence.</param>
    /// <param name="place">Where it happened.</param>
    /// <param name="hint">What to do, when better than the catalogue's advice.</param>
    /// <param name="inner">The cause, kept for logs.</param>
    public MillraceException Error(string message, ErrorPlace? place = null, string? hint = null, Exception? inner = null)
        => new(this, message, place, hint, inner);
}
