namespace Millrace.Runtime;

/// <summary>Which errors a job tries again after: those that can pass, and those that the job names.</summary>
internal sealed class RetryFilter(RetrySpec? spec)
{
    /// <summary>Why an error is not tried again, as part of a sentence; null when it is.</summary>
    public string? Refuse(MillraceException error)
    {
        if (spec is null)
        {
            return "the job does not retry";
        }

        if (error.Code == RuntimeErrors.Cancelled)
        {
            return "the run was stopped";
        }

        bool wanted = ErrorClassifier.Classify(error) == ErrorClass.Retryable
            || spec.Codes.Contains(error.Code.Id, StringComparer.Ordinal)
            || spec.Patterns.Any(p => Mentions(error, p));
        return wanted ? null : "the error does not pass by itself";
    }

    private static bool Mentions(Exception error, string pattern)
    {
        for (Exception? e = error; e is not null; e = e.InnerException)
        {
            if (e.Message.Contains(pattern, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
