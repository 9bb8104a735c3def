using System.Diagnostics;

namespace Millrace.Scenarios.Launcher;

/// <summary>The script <c>./millrace</c> in a tree of its own, with a stand-in for the SDK that notes what it was asked for.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LauncherTests : IDisposable
{
    // Builds a program that prints the number of the build, or sleeps when told to.
    private const string Sdk = """
        #!/usr/bin/env bash
        root=$(dirname "$(dirname "${BASH_SOURCE[0]}")")
        echo "$*" >>"$root/asked"
        if [[ "$*" == *PublishReadyToRun* && -f "$root/images-fail" ]]; then cat "$root/images-fail"; exit 1; fi
        if [[ -f "$root/build-fails" ]]; then cat "$root/build-fails"; exit 1; fi
        while [[ $# -gt 0 ]]; do [[ "$1" == -o ]] && out=$2; shift; done
        mkdir -p "$out" "$root/src/Millrace.Cli/obj"
        cp "$(command -v sleep)" "$out/sleep"
        printf '#!/usr/bin/env bash\n[[ "$1" == sleep ]] && exec "$(dirname "$(readlink -f "$0")")/sleep" 60\necho build %s\n' "$(wc -l <"$root/asked")" >"$out/millrace"
        chmod +x "$out/millrace"
        """;

    private readonly TempFolder _folder = new();

    public LauncherTests()
    {
        File.Copy(Path.Combine(GoldenFile.Root(), "millrace"), _folder["millrace"]);
        _folder.Write("src/Millrace.Cli/App.cs", "// one");
        _folder.Write("src/Millrace.Cli/Other.cs", "// two");
        _folder.Write("Directory.Build.props", "");
        _folder.Write("Directory.Packages.props", "");
        File.SetUnixFileMode(_folder.Write("sdk/dotnet", Sdk), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_builds_once()
    {
        Assert.Equal("build 1\n", (await RunAsync()).Output);
        Assert.Equal("build 1\n", (await RunAsync()).Output);
        Assert.Equal("build 1\n", (await RunAsync()).Output);
        Assert.Single(Asked());
    }

    [Fact]
    public async Task It_builds_again_when_a_source_is_written_removed_or_renamed()
    {
        await RunAsync();
        File.AppendAllText(_folder["src/Millrace.Cli/App.cs"], "// more");
        Assert.Equal("build 2\n", (await RunAsync()).Output);
        File.Delete(_folder["src/Millrace.Cli/Other.cs"]);
        Assert.Equal("build 3\n", (await RunAsync()).Output);
        File.Move(_folder["src/Millrace.Cli/App.cs"], _folder["src/Millrace.Cli/Program.cs"]);
        Assert.Equal("build 4\n", (await RunAsync()).Output);
        Assert.Equal("build 4\n", (await RunAsync()).Output);
    }

    [Fact]
    public async Task What_does_not_compile_is_built_once_and_the_last_program_stays()
    {
        await RunAsync();
        _folder.Write("build-fails", "App.cs(1,1): error CS1002: ; expected [ReadyToRun]\n");
        File.AppendAllText(_folder["src/Millrace.Cli/App.cs"], "oops");

        (int exit, string output, string errors) = await RunAsync();

        Assert.Equal(2, exit);
        Assert.Equal("", output);
        Assert.Contains("error CS1002", errors, StringComparison.Ordinal);
        Assert.Equal(2, Asked().Length);
        Assert.True(File.Exists(_folder["out/current/millrace"]));
    }

    [Theory]
    [InlineData("error NETSDK1094: Unable to optimize assemblies for performance: a valid ReadyToRun package was not found")]
    [InlineData("error NU1101: Unable to find package microsoft.netcore.app.crossgen2.linux-x64")]
    public async Task Without_the_compiler_of_images_it_builds_without_them(string complaint)
    {
        _folder.Write("images-fail", complaint);

        (int exit, string output, string errors) = await RunAsync();

        Assert.Equal((0, "build 2\n"), (exit, output));
        Assert.Contains("without ahead-of-time images", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_build_leaves_alone_what_runs_and_removes_what_does_not()
    {
        await RunAsync();
        using Process running = Start("sleep");
        try
        {
            string program = "";
            for (int i = 0; i < 1000 && !program.EndsWith("/sleep", StringComparison.Ordinal); i++)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
                program = File.ResolveLinkTarget($"/proc/{running.Id}/exe", returnFinalTarget: false)?.FullName ?? "";
            }

            for (int i = 0; i < 4; i++)
            {
                File.AppendAllText(_folder["src/Millrace.Cli/App.cs"], "// more");
                await RunAsync();
            }

            Assert.True(File.Exists(program), $"{program} is gone.");
            Assert.Equal(3, Directory.GetDirectories(_folder["out/apps"]).Length);
        }
        finally
        {
            running.Kill();
        }

        File.AppendAllText(_folder["src/Millrace.Cli/App.cs"], "// more");
        Assert.Equal("build 6\n", (await RunAsync()).Output);
        Assert.Equal(2, Directory.GetDirectories(_folder["out/apps"]).Length);
    }

    private string[] Asked() => File.ReadAllLines(_folder["asked"]);

    private async Task<(int Exit, string Output, string Errors)> RunAsync()
    {
        using Process process = Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(_folder["millrace"], arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder["sdk"]}:{Environment.GetEnvironmentVariable("PATH")}";
        return Process.Start(start)!;
    }
}
