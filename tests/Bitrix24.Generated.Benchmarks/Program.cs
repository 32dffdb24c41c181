using BenchmarkDotNet.Running;
using Bitrix24.Benchmarks;

return args switch
{
    [LoopbackProgram.Command, .. var rest] => LoopbackProgram.Run(rest),
    [LoopbackServer.Command] => LoopbackServer.Run(),
    [LoopbackMeasurement.Command, .. var rest] => await LoopbackMeasurement.RunAsync(rest),
    _ => BenchmarkSwitcher.FromAssembly(typeof(LoopbackProgram).Assembly).Run(args).Any() ? 0 : 1,
};
