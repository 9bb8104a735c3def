using Millrace.Cli;

ConsoleGuard.Install();
NativeHeap.KeepLargeBlocksApart();
return await App.RunAsync(args, CancellationToken.None).ConfigureAwait(false);
