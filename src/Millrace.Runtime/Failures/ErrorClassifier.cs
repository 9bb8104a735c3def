using System.Data.Common;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>
/// The one place that tells whether trying again can help. An error of the catalogue carries its class; what comes from the
/// libraries below is judged by its kind. What is not known is permanent: repeating it could repeat harm.
/// </summary>
public static class ErrorClassifier
{
    private const int MaxDepth = 8;

    public static ErrorClass Classify(Exception error) => Classify(error, 0);

    /// <summary>An error of the catalogue for any exception, with the exception as its cause and its class.</summary>
    public static MillraceException Explain(Exception error) => error switch
    {
        MillraceException known => known,
        _ when Classify(error) == ErrorClass.Retryable
            => RuntimeErrors.RemoteFailed.Error($"{error.GetType().Name}: {error.Message}", inner: error),
        _ => RuntimeErrors.Unexpected.Error($"{error.GetType().Name}: {error.Message}", inner: error),
    };

    internal static ErrorClass Classify(Exception error, int depth) => error switch
    {
        _ when depth > MaxDepth => ErrorClass.Permanent,
        MillraceException e when e.Code == RuntimeErrors.Unexpected && e.InnerException is { } cause => Classify(cause, depth + 1),
        MillraceException e => e.Code.Class,
        TimeoutException => ErrorClass.Retryable,
        // A client that gives up waiting cancels its own request and names the timeout as the cause.
        OperationCanceledException e => e.InnerException is TimeoutException ? ErrorClass.Retryable : ErrorClass.Permanent,
        AggregateException e => e.InnerExceptions.Count > 0 && e.InnerExceptions.All(i => Classify(i, depth + 1) == ErrorClass.Retryable)
            ? ErrorClass.Retryable
            : ErrorClass.Permanent,
        UnauthorizedAccessException => ErrorClass.Permanent,
        _ => NetworkFaults.Classify(error, depth) ?? OfLibrary(error, depth),
    };

    private static ErrorClass OfLibrary(Exception error, int depth) => error switch
    {
        // Cut-off data stays cut off; a connection that ends early says so with another exception.
        EndOfStreamException => ErrorClass.Permanent,
        IOException { InnerException: { } cause } => Classify(cause, depth + 1),
        IOException => LocalFaults.Explain(error, "", writing: false).Code.Class,
        DbException { IsTransient: true } => ErrorClass.Retryable,
        _ => ErrorClass.Permanent,
    };
}
