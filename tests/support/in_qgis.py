"""Run by the Python that QGIS belongs to: what QGIS makes of a GeoPackage, written down as JSON.

python3 in_qgis.py layers FILE.gpkg ANSWER.json
python3 in_qgis.py project FILE.gpkg ANSWER.json FOLDER PREFIX
python3 in_qgis.py basemap FILE.gpkg ANSWER.json PICTURE.png
python3 in_qgis.py templates FILE.gpkg ANSWER.json FOLDER
"""

import json
import os
import sys

from qgis.core import (
    QgsApplication,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsLayoutExporter,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsPrintLayout,
    QgsProject,
    QgsReadWriteContext,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QLocale, QSize
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtXml import QDomDocument

DOTS = 96


def named(symbol):
    """The colour of a symbol."""
    return symbol.color().name()


def drawn(renderer):
    """Value or rule, label and colour of each class, by the renderer's type."""
    kind = renderer.type()
    if kind == "graduatedSymbol":
        return [[[r.lowerValue(), r.upperValue()], r.label(), named(r.symbol())] for r in renderer.ranges()]
    if kind == "categorizedSymbol":
        return [[c.value(), c.label(), named(c.symbol())] for c in renderer.categories()]
    if kind == "RuleRenderer":
        return [[r.filterExpression(), r.label(), named(r.symbol())] for r in renderer.rootRule().children()]
    return [[None, "", named(renderer.symbol())]]


def layers(path):
    """What each layer is when it is opened by itself."""
    found = {}
    whole = QgsVectorLayer(path, "", "ogr")
    for line in whole.dataProvider().subLayers():
        name = line.split("!!::!!")[1]
        if name == "layer_styles":
            continue
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        feature = next(layer.getFeatures(), None)
        context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
        if feature is not None:
            context.setFeature(feature)
        number, _, styles, _, _ = layer.listStylesInDatabase()
        formats = QgsApplication.fieldFormatterRegistry()
        shown = {}
        for i, field in enumerate(layer.fields()):
            setup = layer.editorWidgetSetup(i)
            value = None if feature is None else feature[i]
            text = formats.fieldFormatter(setup.type()).representValue(layer, i, setup.config(), None, value)
            shown[field.name()] = [layer.attributeAlias(i), setup.type(), text]
        config = layer.attributeTableConfig()
        labeling = layer.labeling() if layer.isSpatial() else None
        found[name] = {
            "valid": layer.isValid(),
            "rows": layer.featureCount(),
            "renderer": layer.renderer().type() if layer.isSpatial() else None,
            "column": getattr(layer.renderer(), "classAttribute", lambda: None)() if layer.isSpatial() else None,
            "classes": drawn(layer.renderer()) if layer.isSpatial() else [],
            "labels": [
                [rule.description(), rule.settings().fieldName, rule.minimumScale(), rule.maximumScale()]
                for rule in labeling.rootRule().children()
            ]
            if labeling is not None and layer.labelsEnabled()
            else [],
            "styles": styles[:number],
            "fields": shown,
            "hidden": [c.name for c in config.columns() if c.hidden],
            "tip": QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context),
            "title": layer.metadata().title(),
            "abstract": layer.metadata().abstract(),
        }
    return found


def project(path, folder, prefix):
    """What the project in the file is; its themes and its sheet are drawn into a folder."""
    storage = QgsApplication.projectStorageRegistry().projectStorageFromType("geopackage")
    (name,) = storage.listProjects(f"geopackage:{path}")
    whole = QgsProject.instance()
    read = whole.read(f"geopackage:{path}?projectName={name}")
    themes = whole.mapThemeCollection()
    pictures = {}
    for theme in themes.mapThemes():
        settings = QgsMapSettings()
        settings.setOutputSize(QSize(1200, 1100))
        settings.setOutputDpi(110)
        settings.setDestinationCrs(whole.crs())
        settings.setBackgroundColor(QColor("#ffffff"))
        settings.setExtent(whole.viewSettings().defaultViewExtent())
        settings.setLayers(themes.mapThemeVisibleLayers(theme))
        settings.setLayerStyleOverrides(themes.mapThemeStyleOverrides(theme))
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        pictures[theme] = os.path.join(folder, f"{prefix}_{len(pictures)}.png")
        job.renderedImage().save(pictures[theme])
    sheets, texts = {}, []
    for sheet in sorted(whole.layoutManager().printLayouts(), key=lambda one: one.name()):
        settings = QgsLayoutExporter.ImageExportSettings()
        settings.dpi = DOTS
        settings.generateWorldFile = False
        exporter = QgsLayoutExporter(sheet)
        image, document = (os.path.join(folder, f"{prefix}_sheet_{len(sheets)}.{end}") for end in ("png", "pdf"))
        done = [exporter.exportToImage(image, settings), exporter.exportToPdf(document, exporter.PdfExportSettings())]
        sheets[sheet.name()] = [image, document, done]
        texts += [item.currentText() for item in sheet.items() if hasattr(item, "currentText")]
    return {
        "name": name,
        "read": read,
        "title": whole.title(),
        "crs": whole.crs().authid(),
        "error": whole.error(),
        "layers": {
            layer.name(): [layer.isValid(), layer.source(), layer.styleManager().currentStyle(), layer.crs().authid()]
            for layer in whole.mapLayers().values()
        },
        "groups": {
            group.name(): [group.isVisible(), [node.name() for node in group.children()]]
            for group in whole.layerTreeRoot().children()
        },
        "licences": [layer.metadata().licenses() for layer in whole.mapLayers().values()],
        "pictures": pictures,
        "sheets": sheets,
        "texts": texts,
    }


def basemap(path, picture):
    """Whether the office's own map is there and on, and what it looks like once somebody turns it on."""
    storage = QgsApplication.projectStorageRegistry().projectStorageFromType("geopackage")
    (name,) = storage.listProjects(f"geopackage:{path}")
    whole = QgsProject.instance()
    whole.read(f"geopackage:{path}?projectName={name}")
    (node,) = [node for node in whole.layerTreeRoot().findLayers() if node.layerId().startswith("basemap_")]
    layer = node.layer()
    settings = QgsMapSettings()
    settings.setOutputSize(QSize(300, 300))
    settings.setDestinationCrs(whole.crs())
    settings.setExtent(whole.viewSettings().defaultViewExtent())
    settings.setLayers([layer])
    asked_before = os.path.getsize(picture + ".asked")
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(picture)
    return {
        "on": node.isVisible(),
        "last": whole.layerTreeRoot().children()[-1].name() == node.name(),
        "name": node.name(),
        "valid": layer.isValid(),
        "asked_before": asked_before,
    }


def save(path):
    """Whether an analyst can save a style and the project of their own over what is there."""
    layer = QgsVectorLayer(f"{path}|layername=areas", "areas", "ogr")
    layer.saveStyleToDatabase("my own", "", True, "")
    whole = QgsProject.instance()
    storage = QgsApplication.projectStorageRegistry().projectStorageFromType("geopackage")
    (name,) = storage.listProjects(f"geopackage:{path}")
    whole.read(f"geopackage:{path}?projectName={name}")
    whole.setTitle("my own")
    written = whole.write()
    number, _, styles, _, _ = QgsVectorLayer(f"{path}|layername=areas", "areas", "ogr").listStylesInDatabase()
    return {
        "written": written,
        "styles": sorted(styles[:number]),
        "projects": storage.listProjects(f"geopackage:{path}"),
    }


def templates(path, folder):
    """Whether QGIS opens the project of a folder, each of its styles and each of its sheets; `path` holds points."""
    whole = QgsProject.instance()
    read = whole.read(os.path.join(folder, "project.qgs"))
    by_name = {layer.source().split("layername=")[1]: layer for layer in whole.mapLayers().values()}
    styles, sheets = {}, {}
    for name in sorted(os.listdir(folder)):
        file = os.path.join(folder, name)
        if name.endswith(".qml"):
            table = "changed_units" if name.startswith("changed_units") else name.split(".")[0].split("_points")[0]
            table = {"table": "status", "near_misses": "near_misses"}.get(table, table)
            table = table if table in by_name else table.split("_")[0]
            layer = QgsVectorLayer(f"{path}|layername={table}", table, "ogr") if "_points" in name else by_name[table]
            styles[name] = layer.isValid() and layer.loadNamedStyle(file)[1]
        elif name.endswith(".qpt"):
            document = QDomDocument()
            with open(file, encoding="utf-8") as text:
                document.setContent(text.read())
            items, done = QgsPrintLayout(whole).loadFromTemplate(document, QgsReadWriteContext())
            sheets[name] = len(items) if done else None
    layers = {layer.name(): layer.isValid() for layer in whole.mapLayers().values()}
    return {"project": read, "layers": layers, "styles": styles, "sheets": sheets}


QUESTIONS = {"layers": layers, "project": project, "basemap": basemap, "save": save, "templates": templates}


def main():
    """Answer one question."""
    QLocale.setDefault(QLocale("da_DK"))
    application = QgsApplication([], True)
    application.initQgis()
    question, path, answer, *more = sys.argv[1:]
    found = QUESTIONS[question](path, *more)
    with open(answer, "w", encoding="utf-8") as file:
        json.dump(found, file, default=str)
        file.flush()
    # QGIS sometimes stumbles over the order in which Python lets go of its objects
    os._exit(0)


main()
