// Figures as SVG, drawn by ECharts without a browser: panels of lines with bands, names at the lines' ends or in a legend.
// Ink is `currentColor` and paper a rectangle of that class, so that a page with figures inside can choose both.
import type { CustomSeriesOption, EChartsOption, LineSeriesOption } from 'echarts'
import { CustomChart, LineChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { SVGRenderer } from 'echarts/renderers'
import { axisOf, type Scale } from './axis.ts'

echarts.use([LineChart, CustomChart, GridComponent, LabelLayout, SVGRenderer])

export type Point = readonly [x: number, y: number]

export interface Line {
  name: string
  colour: string
  points: readonly Point[]
}
