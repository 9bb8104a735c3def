using System.Diagnostics;

namespace Millrace.Scenarios.Launcher;

/// <summary>The scripts <c>./test</c> and <c>.ci/run</c>, in trees of their own with stand-ins for the SDK and npm.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class TestScriptTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public TestScriptTests()
    {
        foreach (string script in new[] { "test", ".ci/run" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[script])!);
            File.Copy(Path.Combine(GoldenFile.Root(), script), _folder[script]);
        }

        _folder.Write("tests/Millrace.Formats.Tests/Millrace.Formats.Tests.csproj", "");
        _folder.Write("tests/Millrace.Scenarios/Millrace.Scenarios.csproj", "");
        _folder.Write("tests/oracles/package.json", "{}");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_name_that_no_project_has_is_answered_with_those_there_are()
    {
        (int exit, _, string errors) = await RunAsync("test", "Formats", "Typo");

        Assert.Equal(2, exit);
        Assert.Equal("test: no test project has 'Typo' in its name; there are:\n  Millrace.Formats.Tests\n  Millrace.Scenarios\n", errors);
    }

    [Fact]
    public async Task Packages_that_cannot_be_restored_are_no_matter_of_format()
    {
        Program("dotnet", "[[ $1 == restore ]] && { echo 'error NU1301: no network'; exit 1; }; exit 0");

        (int exit, string output, _) = await RunAsync(".ci/run");

        Assert.Equal(1, exit);
        Assert.Contains("the packages cannot be restored", output, StringComparison.Ordinal);
        Assert.DoesNotContain("formatted", output, StringComparison.Ordinal);
        Assert.EndsWith("0 passed, 1 failed, 0 skipped\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sources_that_are_not_formatted_fail()
    {
        Program("dotnet", "[[ $1 == format ]] && exit 2; exit 0");

        (int exit, string output, _) = await RunAsync(".ci/run");

        Assert.Equal(1, exit);
        Assert.Contains("the sources are not formatted", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 0", "1", "")]
    [InlineData("[[ $1 == view ]]", "1", "npm can be reached, and the oracles cannot be installed; tests that need them fail")]
    [InlineData("exit 1", "0", "the oracles cannot be installed; tests that need them are skipped")]
    public async Task Oracles_are_required_of_a_change_as_long_as_npm_can_be_reached(string npm, string required, string said)
    {
        Program("npm", npm);
        Program("dotnet", "[[ $1 == build ]] && echo \"error: required=$MILLRACE_REQUIRE_ORACLES\" && exit 1; exit 0");

        (_, string output, _) = await RunAsync(".ci/run");

        Assert.Contains($"required={required}", output, StringComparison.Ordinal);
        Assert.Contains(said, output, StringComparison.Ordinal);
    }

    private void Program(string name, string script)
        => File.SetUnixFileMode(_folder.Write($"bin/{name}", "#!/usr/bin/env bash\n" + script + "\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private async Task<(int Exit, string Output, string Errors)> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(_folder[script], arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
