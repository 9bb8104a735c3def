using Xunit;

namespace Millrace.TestKit;

/// <summary>
/// Asserts that every buffer rented inside it was given back, and prints the others. Write
/// <c>using var leaks = new LeakCheck();</c> as the first line of a test: it is then disposed last. It sees only what the
/// test itself rents, with the tasks and threads it starts, so tests that use it may run in parallel. When the test has
/// already failed by an exception, prefer <see cref="Run"/>, which reports that one.
/// </summary>
public sealed class LeakCheck : IDisposable
{
    private readonly RentalScope _scope = new();

    /// <summary>Runs the code in a check; an exception of the code goes through untouched.</summary>
    public static void Run(Action code)
    {
        var check = new LeakCheck();
        try
        {
            code();
        }
        catch
        {
            check._scope.Dispose();
            throw;
        }

        check.Dispose();
    }

    /// <inheritdoc cref="Run"/>
    public static async Task RunAsync(Func<Task> code)
    {
        var check = new LeakCheck();
        try
        {
            await code().ConfigureAwait(false);
        }
        catch
        {
            check._scope.Dispose();
            throw;
        }

        check.Dispose();
    }

    /// <summary>Fails now if a buffer is still rented.</summary>
    public void AssertNothingRented()
    {
        IReadOnlyList<string> live = _scope.LiveRentals;
        const int shown = 5;
        Assert.True(live.Count == 0, $"{live.Count} buffers were not given back. {(Environment.GetEnvironmentVariable(RentalScope.StacksVariable) == "1" ? "Rented at" : $"{RentalScope.StacksVariable}=1 tells where they were rented")}:\n{string.Join("\n", live.Take(shown).Select(WithoutRunner))}");
    }

    public void Dispose()
    {
        _scope.Dispose();
        AssertNothingRented();
    }

    private static string WithoutRunner(string rental)
        => string.Join('\n', rental.Split('\n').TakeWhile(l => !l.Contains(" at Xunit.", StringComparison.Ordinal) && !l.Contains(" at System.Reflection.", StringComparison.Ordinal)));
}
