using BenchmarkDotNet.Running;
using Bitrix24.Benchmarks;

return args switch
{
    [LoopbackProgram.Command, .. var rest] => LoopbackProgram.Run(rest),
    [LoopbackServer.Command] => LoopbackServer.Run(),
    [LoopbackMeasurement.Command, .. var rest] => await LoopbackMeasurement.RunAsync(rest),
    [SizesMeasurement.Command, .. var rest] => await SizesMeasurement.RunAsync(rest),
    [BulkMeasurement.Command] => await BulkMeasurement.RunAsync(),
    [StartMeasurement.Command] => StartMeasurement.Run(),
    [StartMeasurement.First, .. var rest] => await StartMeasurement.CallOnceAsync(rest),
    _ => BenchmarkSwitcher.FromAssembly(typeof(LoopbackProgram).Assembly).Run(args).Any() ? 0 : 1,
};
